/** Reads one header of a guarded write. */
import type { IncomingHttpHeaders } from 'node:http';
import { RowlockError } from '../../errors.ts';

/**
 * Undefined if the request has no such header. `form` says what the header looks like.
 * @throws {RowlockError} `bad_request` if the header is malformed
 */
export function readHeader<T>(
  headers: IncomingHttpHeaders,
  name: string,
  parse: (header: string) => T | undefined,
  form: string,
): T | undefined {
  const header = headers[name.toLowerCase()];
  if (header === undefined) return undefined;
  const value = parse(String(header));
  if (value !== undefined) return value;
  throw new RowlockError(
    'bad_request',
    `The header ${name} is malformed. Nothing was written. It is ${form}.`,
  );
}
