/** Middleware for routes that read: sends the version of the data with the data. */
import { VERSION_HEADER } from '@rowlock/protocol';
import type { RequestHandler } from 'express';
import type { Versions } from '../../versions/versions.ts';

/** No version is as low, so a write on it is refused. */
const UNKNOWN_VERSION = 0;

export function createVersioned(versions: Versions): () => RequestHandler {
  // The handler reads its data after the version. The other way round, a change in between would pass for seen.
  return () => async (_request, response, next) => {
    response.setHeader(VERSION_HEADER, await versions.current().catch(() => UNKNOWN_VERSION));
    next();
  };
}
