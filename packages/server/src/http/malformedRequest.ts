/** Turns errors of Express and its body parsers about unreadable requests into errors for the sender. */
import { RowlockError } from '../errors.ts';

/**
 * Undefined if the request is not the cause. The text of the given error is not passed on, because it may quote
 * internals.
 */
export function asMalformedRequest(error: unknown): RowlockError | undefined {
  const { type, code, status, limit } = (error ?? {}) as Record<string, unknown>;
  // Express sets that status. An error without it is from the application's own code.
  if (error instanceof URIError && status === 400) return undecodableAddress();
  if (type === 'entity.too.large') return tooLarge(typeof limit === 'number' ? limit : undefined);
  if (type === 'entity.parse.failed') {
    return new RowlockError('bad_request', 'The body is not valid JSON. Correct it, and send it again.');
  }
  const isOfBodyParser =
    typeof type === 'string' && /^(entity|encoding|charset|request|parameters)\./.test(type);
  // Errors about broken compression have a code of zlib, such as `Z_DATA_ERROR`.
  const isOfZlib = status === 400 && typeof code === 'string' && code.startsWith('Z_');
  return isOfBodyParser || isOfZlib ? unreadableBody() : undefined;
}

export const undecodableAddress = (): RowlockError =>
  new RowlockError(
    'bad_request',
    'The address is not properly percent-encoded. Correct it, and send it again.',
  );

export function tooLarge(limitBytes: number | undefined): RowlockError {
  const most = limitBytes === undefined ? 'what' : `the ${limitBytes.toLocaleString('en-US')} bytes that`;
  return new RowlockError(
    'too_large',
    `The body of the request is larger than ${most} this route takes. Send less at once.`,
  );
}

export const unreadableBody = (options?: ErrorOptions): RowlockError =>
  new RowlockError(
    'bad_request',
    'The body cannot be read. Send JSON in UTF-8, with the length that it says.',
    options,
  );
