/** Turns errors of Express and its body parsers about unreadable requests into errors for the sender. */
import { RowlockError } from '../errors.ts';

/**
 * Undefined if the request is not the cause. The text of the given error is not passed on, because it may quote
 * internals.
 */
export function asMalformedRequest(error: unknown): RowlockError | undefined {
  const { type, code, status, limit } = (error ?? {}) as Record<string, unknown>;
  // Express sets that status. An error without it is from the application's own code.
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
  // Errors about broken compression have a code of zlib, such as `Z_DATA_ERROR`.
  const isOfZlib = status === 400 && typeof code === 'string' && code.startsWith('Z_');
  if (!isOfBodyParser && !isOfZlib) return undefined;
  return new RowlockError(
    'bad_request',
    'The body cannot be read. Send JSON in UTF-8, with the length that it says.',
  );
}
