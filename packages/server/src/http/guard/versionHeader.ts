/** Reads the version of the data that a request writes. */
import type { IncomingHttpHeaders } from 'node:http';
import { parseIfMatch, parseVersionHeader, VERSION_HEADER } from '@rowlock/protocol';
import { RowlockError } from '../../errors.ts';
import type { WriteOptions } from './guardOptions.ts';
import { readHeader } from './readHeader.ts';

/**
 * The version at which the data was loaded. Undefined if the request names none: then nothing is checked.
 * @throws {RowlockError} `bad_request` if a header is malformed, or if two name different versions
 */
export function readVersion(
  headers: IncomingHttpHeaders,
  { ifMatch = true }: Pick<WriteOptions<readonly unknown[]>, 'ifMatch'>,
): number | undefined {
  const named = readHeader(
    headers,
    VERSION_HEADER,
    parseVersionHeader,
    'a whole number, as the server sent it',
  );
  const matched = ifMatch
    ? readHeader(headers, 'If-Match', parseIfMatch, 'one version in quotes, such as "42"')
    : undefined;
  if (named !== undefined && matched !== undefined && named !== matched) {
    throw new RowlockError(
      'bad_request',
      `${VERSION_HEADER} and If-Match name two different versions. Nothing was written. Send one of them.`,
    );
  }
  return named ?? matched;
}
