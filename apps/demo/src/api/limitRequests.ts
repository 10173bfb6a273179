import type { RequestHandler } from 'express';
import { rateLimit } from 'express-rate-limit';
import { sendProblem } from './problem.ts';

/** Refuses an address that sends more than 3,000 requests in a minute. */
export function limitRequests(): RequestHandler {
  return rateLimit({
    windowMs: 60_000,
    limit: 3_000,
    standardHeaders: 'draft-8',
    legacyHeaders: false,
    handler: (_req, res) =>
      sendProblem(
        res,
        'rate_limited',
        'Your address sent more than 3,000 requests in a minute. Wait a minute, then try again.',
      ),
  });
}
