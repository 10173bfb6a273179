/**
 * Session tokens: `<user id, expiry and number of sign-outs, base64url>.<HMAC-SHA256>`. The web app keeps one token per tab, so two windows of
 * one browser can be two users. It sends the token as `Authorization: Bearer` and in the Socket.IO handshake.
 */
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { type User, userById } from '../gazetteer/users.ts';
import type { SignOuts } from './signOuts.ts';

const LIFETIME_MS = 7 * 24 * 60 * 60 * 1000;
const payloadSchema = z.strictObject({ user: z.string(), expiresAt: z.number(), signOuts: z.number() });

export interface SessionTokens {
  issue(user: User): string;
  /** Undefined if the token is malformed, forged or expired, if its user is unknown or has signed out everywhere. */
  verify(token: unknown): User | undefined;
}

export function sessionTokens(
  secret: string,
  signOuts: Pick<SignOuts, 'count'>,
  now: () => number = Date.now,
): SessionTokens {
  const sign = (payload: string) => createHmac('sha256', secret).update(payload).digest();
  return {
    issue(user) {
      const content = { user: user.id, expiresAt: now() + LIFETIME_MS, signOuts: signOuts.count(user.id) };
      const payload = Buffer.from(JSON.stringify(content)).toString('base64url');
      return `${payload}.${sign(payload).toString('base64url')}`;
    },
    verify(token) {
      if (typeof token !== 'string' || token.length > 512) return undefined;
      const [payload, signature, ...rest] = token.split('.');
      if (!payload || !signature || rest.length > 0) return undefined;
      const given = Buffer.from(signature, 'base64url');
      const right = sign(payload);
      if (given.length !== right.length || !timingSafeEqual(given, right)) return undefined;
      const parsed = payloadSchema.safeParse(JSON.parse(Buffer.from(payload, 'base64url').toString('utf8')));
      if (!parsed.success || parsed.data.expiresAt <= now()) return undefined;
      if (parsed.data.signOuts !== signOuts.count(parsed.data.user)) return undefined;
      return userById(parsed.data.user);
    },
  };
}

/** The secret of DEMO_SECRET, or a random one. The data folder keeps it, so a restart signs nobody out. */
export function sessionSecret(settings: { secret: string | undefined; dataDir: string }): string {
  if (settings.secret) return settings.secret;
  const file = join(settings.dataDir, 'session-secret');
  try {
    // `wx` fails if the file exists. Of two starts at once, only one creates the secret, and both read the same.
    writeFileSync(file, randomBytes(32).toString('base64url'), { flag: 'wx', mode: 0o600 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  return readFileSync(file, 'utf8');
}
