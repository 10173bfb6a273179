/** `GET /metrics` for Prometheus: the metrics of Rowlock and of Node. For admins, and for clients on this machine. */
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
      throw new ProblemError('forbidden', 'Only admins may read the metrics. Send the token of an admin.');
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

/** Whether the client itself is on this machine. A proxy here forwards requests of clients elsewhere. */
export function isFromHere({ socket, headers }: Pick<IncomingMessage, 'socket' | 'headers'>): boolean {
  const isForwarded = ['forwarded', 'via', 'x-forwarded-for', 'x-real-ip'].some((name) => name in headers);
  return !isForwarded && LOOPBACK.test(socket.remoteAddress ?? '');
}
