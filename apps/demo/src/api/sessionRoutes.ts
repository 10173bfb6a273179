/** Sign-in: anybody may be any of the demo's users. */
import { Router } from 'express';
import { z } from 'zod';
import { userById, users } from '../gazetteer/users.ts';
import { ProblemError, parse } from './problem.ts';
import type { SessionTokens } from './sessionToken.ts';
import { signedIn, userOf } from './signedIn.ts';

const sessionBody = z.strictObject({ userId: z.string().max(64) });

export function sessionRoutes(
  tokens: SessionTokens,
  signOutEverywhere: (userId: string) => Promise<void>,
): Router {
  const router = Router();
  router.get('/users', (_req, res) => void res.json({ users }));
  router.post('/session', (req, res) => {
    const { userId } = parse(sessionBody, req.body, 'The body');
    const user = userById(userId);
    if (!user) throw new ProblemError('not_found', 'There is no such user. GET /api/users lists them.');
    res.status(201).json({ token: tokens.issue(user), user });
  });
  router.get('/me', signedIn(tokens), (_req, res) => void res.json({ user: userOf(res) }));
  router.delete('/sessions', signedIn(tokens), async (_req, res) => {
    await signOutEverywhere(userOf(res).id);
    res.status(204).end();
  });
  return router;
}
