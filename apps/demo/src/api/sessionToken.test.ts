import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { users } from '../gazetteer/users.ts';
import { sessionSecret, sessionTokens } from './sessionToken.ts';
import { openSignOuts } from './signOuts.ts';

const ann = users[0]!;
const nobody = { count: () => 0 };
const WEEK_MS = 7 * 24 * 60 * 60 * 1000;

describe('a session token', () => {
  const tokens = sessionTokens('secret', nobody, () => 1_000);
  const token = tokens.issue(ann);

  it('a session token names its user', () => expect(tokens.verify(token)).toEqual(ann));

  it('a session token expires after a week', () => {
    expect(sessionTokens('secret', nobody, () => 1_000 + WEEK_MS - 1).verify(token)).toEqual(ann);
    expect(sessionTokens('secret', nobody, () => 1_000 + WEEK_MS).verify(token)).toBeUndefined();
  });

  it('a session token is invalid under another secret', () =>
    expect(sessionTokens('other', nobody).verify(token)).toBeUndefined());

  it('a session token with an altered payload is invalid', () => {
    const [, signature] = token.split('.');
    const forged = Buffer.from(JSON.stringify({ user: 'bo', expiresAt: 9e15 })).toString('base64url');
    expect(tokens.verify(`${forged}.${signature}`)).toBeUndefined();
  });

  it.each([undefined, 7, '', 'x', 'a.b', 'a.b.c', 'x'.repeat(10_000)])('a session token is not %j', (value) =>
    expect(tokens.verify(value)).toBeUndefined(),
  );
});

describe('a sign-out everywhere', () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'gazetteer-sign-outs-'));
  afterAll(() => rmSync(dataDir, { recursive: true }));

  it('a sign-out everywhere voids all earlier tokens of the user, also after a restart', () => {
    const signOuts = openSignOuts(dataDir);
    const tokens = sessionTokens('secret', signOuts);
    const [annsToken, bosToken] = [tokens.issue(ann), tokens.issue(users[1]!)];
    signOuts.add(ann.id);
    const restarted = sessionTokens('secret', openSignOuts(dataDir));
    expect(restarted.verify(annsToken)).toBeUndefined();
    expect(restarted.verify(bosToken)).toEqual(users[1]);
    expect(restarted.verify(tokens.issue(ann))).toEqual(ann);
  });

  it('a damaged file is reported with what to do', () => {
    writeFileSync(join(dataDir, 'sign-outs.json'), '{');
    expect(() => openSignOuts(dataDir)).toThrow(/Delete it: every user then has to sign in again/);
  });
});

describe('the secret', () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'gazetteer-secret-'));
  afterAll(() => rmSync(dataDir, { recursive: true }));

  it('the secret is the given one, or a random one that survives a restart', () => {
    expect(sessionSecret({ secret: 'given', dataDir })).toBe('given');
    const first = sessionSecret({ secret: undefined, dataDir });
    expect(first.length).toBeGreaterThan(40);
    expect(sessionSecret({ secret: undefined, dataDir })).toBe(first);
  });
});
