import { startRedis, type TestRedis } from '@rowlock/test-utils';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ann, bo } from '../test/fixtures/lockFixture.ts';
import { gatedTask, newNamespace, type Rig, startRig } from '../test/fixtures/rig.ts';
import { createRowlock } from './createRowlock.ts';
import { DAY_MS } from './durations.ts';
import { createLocks } from './locks/locks.ts';
import type { Rowlock } from './rowlock.ts';
import type { RowlockOptions } from './rowlockOptions.ts';

const WRONG = [Number.NaN, -1, Number.NEGATIVE_INFINITY, '5' as unknown as number];
const { actor } = ann;
const { task } = gatedTask();

let server: TestRedis;
let rig: Rig;
beforeAll(async () => {
  server = await startRedis();
  rig = await startRig(server, { tasks: [task] });
});
afterAll(async () => {
  await rig.close();
  await server.stop();
});

const settings: Record<string, (ms: number) => Partial<RowlockOptions>> = {
  'sessions.disconnectGraceMs': (disconnectGraceMs) => ({ sessions: { disconnectGraceMs } }),
  'recovery.graceMs': (graceMs) => ({ recovery: { graceMs } }),
  'retention.maxAgeMs': (maxAgeMs) => ({ retention: { maxAgeMs } }),
  timeoutMs: (timeoutMs) => ({ subscribers: { board: { timeoutMs } } }),
};

const calls: Record<string, (rowlock: Rowlock, ms: number) => Promise<unknown>> = {
  'ttlMs of acquire': ({ locks }, ttlMs) => locks.acquire({ holder: ann, records: ['cities/1'], ttlMs }),
  'ttlMs of takeOver': ({ locks }, ttlMs) =>
    locks.takeOver({ holder: ann, records: ['cities/1'], ttlMs, by: actor, reason: 'needed' }),
  'waitMs of acquire': ({ locks }, waitMs) =>
    locks.acquire({ holder: ann, records: ['cities/1'], onConflict: 'wait', waitMs }),
  'waitMs of withLock': ({ locks }, waitMs) =>
    locks.withLock({ holder: ann, records: ['cities/1'], onConflict: 'wait', waitMs }, async () => {}),
  'waitMs of launch': ({ tasks }, waitMs) =>
    tasks.launch(task, { ids: ['1'], gate: 'none' }, { actor, onConflict: 'wait', waitMs }),
  'delayMs of launch': ({ tasks }, delayMs) =>
    tasks.launch(task, { ids: ['1'], gate: 'none' }, { actor, delayMs }),
  'retry.backoffMs of launch': ({ tasks }, backoffMs) =>
    tasks.launch(task, { ids: ['1'], gate: 'none' }, { actor, retry: { backoffMs } }),
  'waitMs of cancel': ({ tasks }, waitMs) => tasks.cancel('any', { actor, waitMs }),
  'maxHangMs of work': (rowlock, maxHangMs) => rowlock.startWorker({ maxHangMs }),
  'timeoutMs of reconcile': (rowlock, timeoutMs) => rowlock.reconcile({ timeoutMs }),
};

describe.each(WRONG)('a duration of %s', (ms) => {
  it.each(Object.entries(settings))('a duration of %s is refused as the setting %s', (name, setting) => {
    const create = () =>
      createRowlock({
        redis: server.url,
        namespace: newNamespace(),
        resources: ['cities'],
        auth: {
          authenticate: () => null,
          authorize: () => false,
        },
        ...setting(ms),
      });
    expect(create).toThrow(`${name}${name === 'timeoutMs' ? ' of "board"' : ''} is`);
  });

  it.each(Object.entries(calls))(
    'a duration of %s is refused as %s, and nothing is locked',
    async (name, call) => {
      const [option] = name.split(' ');
      await expect(call(rig.rowlock, ms)).rejects.toThrow(`${option} is`);
      expect((await rig.rowlock.locks.check(['cities/1'])).held.size).toBe(0);
    },
  );
});

describe('waiting for records', () => {
  it.each([30 * DAY_MS, Number.POSITIVE_INFINITY])('a wait of %s ms does not end at once', async (waitMs) => {
    const { locks } = rig.rowlock;
    const lease = await locks.acquire({ holder: bo, records: ['cities/2'] });
    const waiting = locks.acquire({
      ...{ holder: ann, records: ['cities/2'], onConflict: 'wait', waitMs },
      // Its timer is set before its position is known, and a timer that overflows fires after 1 ms.
      onPosition: () => setTimeout(() => lease.release(), 20),
    });
    await (await waiting).release();
  });

  it('waiting without an end is refused by a registry alone too', () => {
    const create = () =>
      createLocks({
        redis: new Redis({ lazyConnect: true }),
        namespace: 'alone',
        recovery: { graceMs: Number.POSITIVE_INFINITY },
      });
    expect(create).toThrow('recovery.graceMs is Infinity');
  });
});
