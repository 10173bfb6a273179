import type { Actor } from '@rowlock/protocol';
import { describe, expect, it } from 'vitest';
import { handClock } from '../test/fixtures/handClock.ts';
import { createConsumers } from './changeLog/consumers.ts';
import type { Credentials } from './credentials.ts';
import { createPermissions } from './permissions.ts';
import type { SignedIn } from './signIns.ts';

/** Permissions whose `authenticate` returns these users one after the other. */
function permissionsOf(...users: (SignedIn<Actor & Record<string, unknown>> | null)[]) {
  const asked: Credentials[] = [];
  const permissions = createPermissions(
    {
      authenticate(credentials) {
        asked.push(credentials);
        return users.shift();
      },
      authorize: () => true,
    },
    { resources: ['cities'], clock: handClock(), log: createConsumers() },
  );
  return { permissions, asked };
}

const credentials: Credentials = { headers: {}, url: '/', auth: {} };
const ann = { id: 'ann', name: 'Ann' };

describe('a user who is authenticated again', () => {
  it('a user who is authenticated again stays signed in, and authenticate knows that it is asked again', async () => {
    const { permissions, asked } = permissionsOf(ann, ann, null, { ...ann, id: 'bo' });
    const actor = await permissions.authenticate(credentials);
    expect(await permissions.authenticateAgain(actor, credentials)).toBe(true);
    expect(await permissions.authenticateAgain(actor, credentials)).toBe(false);
    expect(await permissions.authenticateAgain(actor, credentials)).toBe(false);
    expect(asked.map(({ isRecheck }) => isRecheck)).toEqual([undefined, true, true, true]);
  });

  it('a cyclic field of a user is no obstacle', async () => {
    const self: Record<string, unknown> = {};
    self.self = self;
    const { permissions } = permissionsOf({ ...ann, self });
    expect(permissions.sharedQuestionOf(await permissions.authenticate(credentials))).toBeUndefined();
  });

  it('the application gets one question about users with the same plain fields, and not about others', async () => {
    const { permissions } = permissionsOf(
      { ...ann, role: 'editor', expiresAt: Date.now() + 5_000 },
      { ...ann, role: 'editor', expiresAt: Date.now() + 9_000 },
      { ...ann, role: 'guest' },
      { ...ann, can: () => true },
      { ...ann, since: new Date() },
    );
    const questions: (string | undefined)[] = [];
    for (let i = 0; i < 5; i++) {
      questions.push(permissions.sharedQuestionOf(await permissions.authenticate(credentials)));
    }
    expect(questions[0]).toBe(questions[1]);
    expect(questions[2]).not.toBe(questions[0]);
    expect(questions.slice(3)).toEqual([undefined, undefined]);
  });
});
