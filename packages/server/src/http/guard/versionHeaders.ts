/** Reads the version of the data that a request writes, and the screen that writes. */
import type { IncomingHttpHeaders } from 'node:http';
import {
  parseIfMatch,
  parseVersionHeader,
  parseWriterHeader,
  VERSION_HEADER,
  WRITER_HEADER,
} from '@rowlock/protocol';
import { RowlockError } from '../../errors.ts';
import type { WriteOptions } from './guardOptions.ts';

interface NamedVersion {
  /** The version at which the data was loaded. Undefined if the request names none: then nothing is checked */
  since: number | undefined;
  writer: string | undefined;
}

/** @throws {RowlockError} `bad_request` if a header is malformed, or if two name different versions */
export function readVersionHeaders(
  headers: IncomingHttpHeaders,
  { ifMatch = true }: Pick<WriteOptions<readonly unknown[]>, 'ifMatch'>,
): NamedVersion {
  const named = read(headers, VERSION_HEADER, parseVersionHeader, 'a whole number, as the server sent it');
  const matched = ifMatch
    ? read(headers, 'If-Match', parseIfMatch, 'one version in quotes, such as "42"')
    : undefined;
  if (named !== undefined && matched !== undefined && named !== matched) {
    throw new RowlockError(
      'bad_request',
      `${VERSION_HEADER} and If-Match name two different versions. Nothing was written. Send one of them.`,
    );
  }
  const writer = read(headers, WRITER_HEADER, parseWriterHeader, '1 to 64 of A–Z a–z 0–9 _ -');
  return { since: named ?? matched, writer };
}

function read<T>(
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
