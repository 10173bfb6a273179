/**
 * Holds the end of a successful answer back until the change of its write is noted. So the answer carries the version of that
 * change, and nobody acts on the answer before.
 *
 * The answer is frozen meanwhile, as if it were sent: a later status, header or `end` has no effect.
 */
import { VERSION_HEADER } from '@rowlock/protocol';
import type { Response } from 'express';

export type AnswerEnd = 'succeeded' | 'failed';

/** `onEnd` is called once, when the handler ends the answer. Its promise is awaited before the end is sent. */
export function catchAnswerEnd(
  response: Response,
  onEnd: (how: AnswerEnd) => Promise<number | undefined> | undefined,
): void {
  const { end, write } = response;

  response.end = ((...args: Parameters<typeof end>) => {
    response.end = end;
    const noted = onEnd(response.statusCode < 400 ? 'succeeded' : 'failed');
    if (!noted) return end.apply(response, args);

    const thaw = freeze(response);
    void noted.then((version) => {
      thaw();
      response.end = end;
      response.write = write;
      if (version !== undefined && !response.headersSent) response.setHeader(VERSION_HEADER, version);
      end.apply(response, args);
    });
    return response;
  }) as typeof end;
}

/** The returned function restores status and headers as they were. */
function freeze(response: Response): () => void {
  const { statusCode, statusMessage } = response;
  const headers = { ...response.getHeaders() };
  response.end = (() => response) as typeof response.end;
  response.write = (() => false) as typeof response.write;
  return () => {
    if (response.headersSent) return;
    response.statusCode = statusCode;
    response.statusMessage = statusMessage;
    for (const name of response.getHeaderNames()) if (!(name in headers)) response.removeHeader(name);
    for (const [name, value] of Object.entries(headers)) {
      if (value !== undefined) response.setHeader(name, value);
    }
  };
}
