/** `GET /metrics`, for Prometheus: Rowlock's numbers and Node's own. For admins, and for who asks on this very machine. */
import type { IncomingMessage } from 'node:http';
import type { Rowlock } from '@rowlock/server';
import { collectMetrics } from '@rowlock/server/metrics';
import { type RequestHandler, Router } from 'express';
import { collectDefaultMetrics, Registry } from 'prom-client';
import { ProblemError } from './problem.ts';
import type { SessionTokens } from './sessionToken.ts';
import { bearerToken } from './signedIn.ts';

export function metricsRoute(rowlock: Rowlock, tokens: SessionTokens): Router {
  const register = new Registry();
  collectDefaultMetrics({ register });
  collectMetrics(rowlock, { register });

  const allowed: RequestHandler = (req, _res, next) => {
    const user = tokens.verify(bearerToken(req.headers));
    if (user?.role !== 'admin' && !isFromHere(req)) {
      throw new ProblemError('forbidden', 'The metrics are for admins. Send a token of one.');
    }
    next();
  };
  return Router().get('/metrics', allowed, async (_req, res) => {
    res
      .set('Cache-Control', 'no-store')
      .type(register.contentType)
      .send(await register.metrics());
  });
}

const LOOPBACK = /^(127\.\d+\.\d+\.\d+|::1|::ffff:127\.\d+\.\d+\.\d+)$/;

/** A proxy on this machine asks for others, who are somewhere else. */
export function isFromHere({ socket, headers }: Pick<IncomingMessage, 'socket' | 'headers'>): boolean {
  const isForwarded = ['forwarded', 'via', 'x-forwarded-for', 'x-real-ip'].some((name) => name in headers);
  return !isForwarded && LOOPBACK.test(socket.remoteAddress ?? '');
}
