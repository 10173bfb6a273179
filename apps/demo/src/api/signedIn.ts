/** Refuses requests without a session token, on the routes that need one. */
import type { IncomingHttpHeaders } from 'node:http';
import type { RequestHandler, Response } from 'express';
import type { User } from '../gazetteer/users.ts';
import { ProblemError } from './problem.ts';
import type { SessionTokens } from './sessionToken.ts';

export const bearerToken = (headers: IncomingHttpHeaders): string | undefined =>
  /^Bearer (\S+)$/i.exec(headers.authorization ?? '')?.[1];

export const signedIn =
  (tokens: SessionTokens): RequestHandler =>
  (req, res, next) => {
    const user = tokens.verify(bearerToken(req.headers));
    if (!user) {
      throw new ProblemError(
        'unauthenticated',
        'The session token is missing, forged or expired. Send `Authorization: Bearer <token>` with a token of POST /api/session.',
      );
    }
    res.locals.user = user;
    next();
  };

export const userOf = (res: Response): User => res.locals.user as User;
