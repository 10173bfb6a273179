/** What Express and its body parsers throw about a request that cannot be read, as an error that its sender may see. */
import { RowlockError } from '../errors.ts';

/** Undefined if the request is not to blame. Nothing of the given error is passed on: its text may quote internals. */
export function asMalformedRequest(error: unknown): RowlockError | undefined {
  const { type, code, status, limit } = (error ?? {}) as Record<string, unknown>;
  // Express gives it that status. One without it comes from the application's own code.
  if (error instanceof URIError && status === 400) {
    return new RowlockError(
      'bad_request',
      'The address is not properly percent-encoded. Correct it, and send it again.',
    );
  }
  if (type === 'entity.too.large') {
    const most = typeof limit === 'number' ? `the ${limit.toLocaleString('en-US')} bytes that` : 'what';
    return new RowlockError(
      'too_large',
      `The body of the request is larger than ${most} this route takes. Send less at once.`,
    );
  }
  if (type === 'entity.parse.failed') {
    return new RowlockError('bad_request', 'The body is not valid JSON. Correct it, and send it again.');
  }
  const isOfBodyParser =
    typeof type === 'string' && /^(entity|encoding|charset|request|parameters)\./.test(type);
  // What a broken compression throws has the code of zlib, such as `Z_DATA_ERROR`.
  const isOfZlib = status === 400 && typeof code === 'string' && code.startsWith('Z_');
  if (!isOfBodyParser && !isOfZlib) return undefined;
  return new RowlockError(
    'bad_request',
    'The body cannot be read. Send JSON in UTF-8, with the length that it says.',
  );
}
