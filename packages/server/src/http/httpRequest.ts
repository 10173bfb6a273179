/** The forms in which guard and routes read a request and write an answer, whatever framework serves them. */
import type { IncomingHttpHeaders } from 'node:http';
import type { Credentials } from '../credentials.ts';

export interface HttpRequest {
  method: string;
  /** Below the place where the routes are mounted, without the query */
  path: string;
  /** Names in lower case */
  headers: IncomingHttpHeaders;
  /** Whether the connection to this process is encrypted */
  isEncrypted: boolean;
  /** For `authenticate` */
  credentials: Credentials;
}

export interface RouteRequest extends HttpRequest {
  query: URLSearchParams;
  /** Text, or the value that a parser of the application made of it. @throws {RowlockError} `too_large`, `bad_request` */
  readBody(limitBytes: number): Promise<unknown>;
}

export interface HttpAnswer {
  status: number;
  headers: Record<string, string>;
  /** Absent if the answer has no body */
  body?: string;
}
