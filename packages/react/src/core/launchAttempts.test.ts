import { describe, expect, it } from 'vitest';
import { createTurnableClock } from '../testing/turnableClock.ts';
import { setUpClient } from '../testSupport/clientFixture.ts';
import { LaunchAttempts } from './launchAttempts.ts';
import { RowlockClientError } from './rowlockClientError.ts';
import type { LaunchOutcome } from './taskRequests.ts';

const refused = (mayBeLaunched?: true): LaunchOutcome => ({
  ok: false,
  error: new RowlockClientError({ code: 'unavailable', message: 'No answer' }),
  ...(mayBeLaunched && { mayBeLaunched }),
});

/** Launches with these outcomes, one after the other, and the keys that they were sent with. */
function setUp(...outcomes: LaunchOutcome[]) {
  const clock = createTurnableClock();
  const keys: string[] = [];
  const attempts = new LaunchAttempts(async (_name, _input, { idempotencyKey }) => {
    keys.push(idempotencyKey);
    return outcomes.shift()!;
  }, clock);
  return { attempts, keys, clock };
}

const launched = {
  ok: true,
  task: { id: 't' },
  skipped: [],
  conflicts: [],
  conflictCount: 0,
} as unknown as LaunchOutcome;

describe('the attempts of a user to launch a task', () => {
  it('A double click is one launch', async () => {
    const { server, client, clock } = setUpClient();
    server.defineTask('export', { records: () => ['cities/1'] });
    client.start();
    const attempts = new LaunchAttempts((...given) => client.tasks.launch(...given), clock);
    const first = attempts.launch('export', {});
    const second = attempts.launch('export', {});
    await clock.turn(500);
    const third = attempts.launch('export', {});
    await clock.turn(0);
    expect(await first).toMatchObject({ ok: true });
    expect(await second).toBe(await first);
    expect(await third).toBe(await first);
    expect(server.received.filter(({ name }) => name === 'launch')).toHaveLength(1);
  });

  it('A launch after a launch without an answer has the same key, so it finds the first one', async () => {
    const { attempts, keys } = setUp(refused(true), launched);
    await attempts.launch('export', {});
    await attempts.launch('export', {});
    expect(keys).toEqual([keys[0], keys[0]]);
  });

  it('A launch after a refusal, a launch of another input, and a later launch have keys of their own', async () => {
    const { attempts, keys, clock } = setUp(refused(), launched, launched, launched);
    await attempts.launch('export', {});
    await attempts.launch('export', {});
    await attempts.launch('export', { country: 'FR' });
    await clock.turn(2_000);
    await attempts.launch('export', { country: 'FR' });
    expect(new Set(keys).size).toBe(4);
  });

  it('A key of the application stays', async () => {
    const { attempts, keys } = setUp(launched);
    await attempts.launch('export', {}, { idempotencyKey: 'monday' });
    expect(keys).toEqual(['monday']);
  });
});
