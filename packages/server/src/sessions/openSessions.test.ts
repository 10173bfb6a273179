import type { SessionSecret } from '@rowlock/protocol';
import { describe, expect, it } from 'vitest';
import { handClock } from '../../test/fixtures/handClock.ts';
import type { LockRegistry } from '../locks/registry/lockRegistry.ts';
import { createEnsureSession } from './openSessions.ts';

const sessionSecret: SessionSecret = { sessionId: 'tab-1-of-the-test', secret: 'the-secret-of-tab-1' };
const tab = { actor: { id: 'ann', name: 'Ann' }, sessionSecret };

describe('the session of a tab', () => {
  it('a session is stored again after 10 s, in case Redis has lost it', async () => {
    const clock = handClock();
    let opened = 0;
    const sessionStore = {
      async open() {
        opened += 1;
        return {};
      },
    };
    const ensureSession = createEnsureSession({ sessionStore, registry: {} as LockRegistry, clock });
    await ensureSession(tab);
    clock.turn(9_999);
    await ensureSession(tab);
    expect(opened).toBe(1);
    clock.turn(1);
    await ensureSession(tab);
    expect(opened).toBe(2);
  });

  it('a session whose storing failed is stored with the next request', async () => {
    const clock = handClock();
    const answers = [Promise.reject(new Error('away')), Promise.resolve({})];
    const sessionStore = { open: () => answers.shift()! };
    const ensureSession = createEnsureSession({ sessionStore, registry: {} as LockRegistry, clock });
    await expect(ensureSession(tab)).rejects.toThrow('away');
    await ensureSession(tab);
    expect(answers).toEqual([]);
  });
});
