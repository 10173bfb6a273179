import type { Request } from 'express';
import { originCheckOf } from '../../origins.ts';
import type { HttpRequest } from '../httpRequest.ts';

/** An Express request as guard and routes read it. */
export const httpRequestOf = (request: Request): HttpRequest => ({
  method: request.method,
  path: request.path,
  ...originCheckOf(request),
});
