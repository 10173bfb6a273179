import { describe, expect, it } from 'vitest';
import type { Session } from '../session/session.ts';
import { createConfirm } from './confirm.ts';

/** Confirms for a session with these leases. Resolves to the answer, and how often the session was stored. */
async function confirm(leases: { leaseId: string; ageMs: number }[]) {
  let stored = 0;
  const { handle } = createConfirm({
    sessionLeases: { listAges: () => leases },
    ensureSession: async () => {
      stored += 1;
      throw new Error('Redis is away.');
    },
  });
  return { answer: await handle({} as Session, {}), stored };
}

describe('a confirm', () => {
  it('a confirm of a tab that holds a lease stores its session, and answers without Redis too', async () => {
    const leases = [{ leaseId: '1', ageMs: 5 }];
    expect(await confirm(leases)).toEqual({ answer: { leases }, stored: 1 });
  });

  it('a confirm of a tab that only watches stores no session', async () => {
    expect(await confirm([])).toEqual({ answer: { leases: [] }, stored: 0 });
  });
});
