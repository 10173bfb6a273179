/** Logs one line for each refused request, with its user. */
import { STATUS_CODES } from 'node:http';
import type { RequestHandler } from 'express';
import type { User } from '../gazetteer/users.ts';

const MAX_PATH_LENGTH = 200;

export const logRefusals: RequestHandler = (req, res, next) => {
  const { method, originalUrl } = req;
  res.once('finish', () => {
    const { statusCode } = res;
    // Errors of the server are logged elsewhere, with their causes.
    if (statusCode < 400 || statusCode >= 500) return;
    const user = res.locals.user as User | undefined;
    const path = originalUrl.split('?')[0]?.slice(0, MAX_PATH_LENGTH);
    console.warn(
      `refused ${method} ${path} of ${user?.id ?? 'a stranger'}: ${statusCode} ${STATUS_CODES[statusCode]}`,
    );
  });
  next();
};
