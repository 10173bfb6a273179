import type { ServerResponse } from 'node:http';
import type { HttpAnswer } from '../httpRequest.ts';

/** Writes an answer to a response of Node, of which Express's is one. */
export function sendAnswer(response: ServerResponse, { status, headers, body }: HttpAnswer): void {
  response.statusCode = status;
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
  if (body !== undefined) response.setHeader('Content-Length', Buffer.byteLength(body));
  response.end(body);
}
