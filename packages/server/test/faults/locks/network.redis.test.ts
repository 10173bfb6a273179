import type { Holder } from '@rowlock/protocol';
import { callRedis, startProxy, startRedis, until } from '@rowlock/test-utils';
import { describe, expect, it, type TestContext } from 'vitest';
import { ConflictError, UnavailableError } from '../../../src/errors.ts';
import { createLocks } from '../../../src/locks/locks.ts';
import { openHasty } from './lockClient.ts';
import { runFaults } from './runFaults.ts';

const TTL_MS = 1_000;
const holderOf = (name: string): Holder => ({
  type: 'task',
  id: name,
  label: name,
  actor: { id: name, name },
});
const requestOf = (name: string) => ({
  holder: holderOf(name),
  records: ['cities/1'] as const,
  ttlMs: TTL_MS,
});

/** A Redis for one test, behind a network that fails on demand. The tests run concurrently. */
async function startNetwork(onTestFinished: TestContext['onTestFinished']) {
  const redis = await startRedis();
  const proxy = await startProxy(redis.port);
  const closing: (() => Promise<void>)[] = [];
  onTestFinished(async () => {
    proxy.heal();
    for (const close of closing) await close();
    await proxy.close();
    await redis.stop();
  });
  return {
    redis,
    proxy,
    async open(port: number) {
      const connection = openHasty(port);
      const locks = createLocks({ redis: connection, namespace: 'network' });
      await locks.start();
      closing.push(async () => {
        await locks.close();
        connection.disconnect();
      });
      return locks;
    },
  };
}

describe.concurrent('a lease whose answer is lost', () => {
  it('P1, P6: a lease whose answer is lost is named to others until it expires', async ({
    onTestFinished,
  }) => {
    const { redis, proxy, open } = await startNetwork(onTestFinished);
    const [lonely, others] = await Promise.all([open(proxy.port), open(redis.port)]);
    proxy.dropToClient();
    await expect(lonely.acquire(requestOf('lonely'))).rejects.toBeInstanceOf(UnavailableError);

    const refusal = await others.acquire(requestOf('other')).catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(ConflictError);
    expect((refusal as ConflictError).conflicts.map(({ lease }) => lease.holder.id)).toEqual(['lonely']);
    const next = await others.acquire({ ...requestOf('other'), onConflict: 'wait', waitMs: 8_000 });
    await next.release();
  });
});

describe.concurrent('a holder whose requests no longer arrive', () => {
  it('P4: a holder that is cut off loses its signal by its own clock, before others acquire the records', async ({
    onTestFinished,
  }) => {
    const { redis, proxy, open } = await startNetwork(onTestFinished);
    const [cutOff, others] = await Promise.all([open(proxy.port), open(redis.port)]);
    const lease = await cutOff.acquire(requestOf('cut off'));
    proxy.dropToServer();
    const next = await others.acquire({ ...requestOf('other'), onConflict: 'wait', waitMs: 8_000 });
    expect(lease.signal.aborted).toBe(true);
    expect(BigInt(next.fence)).toBeGreaterThan(BigInt(lease.fence));
    await next.release();
  });
});

describe.concurrent.each(['ALL', 'WRITE'])(
  'a Redis whose clients are paused (%s) for longer than a TTL',
  (mode) => {
    it('P1, P4: a paused Redis gives records of a holder to others only after the holder knows its loss', async ({
      onTestFinished,
    }) => {
      const { redis, open } = await startNetwork(onTestFinished);
      const [owner, others] = await Promise.all([open(redis.port), open(redis.port)]);
      const lease = await owner.acquire(requestOf('owner'));
      await callRedis(redis.port, ['CLIENT', 'PAUSE', '1600', mode]);
      await until(() => lease.signal.aborted, { timeoutMs: 4_000 });
      let wasAborted: boolean | undefined;
      const next = await until(
        () => {
          wasAborted = lease.signal.aborted;
          return others.acquire(requestOf('other'));
        },
        { timeoutMs: 8_000 },
      );
      expect(wasAborted).toBe(true);
      await next.release();
    });
  },
);

describe.concurrent('a waiter whose connection is cut while it subscribes', () => {
  it('a waiter whose connection is cut while it subscribes acquires the records when they are free', async ({
    onTestFinished,
  }) => {
    const { redis, proxy, open } = await startNetwork(onTestFinished);
    const [owner, waiter] = await Promise.all([open(redis.port), open(proxy.port)]);
    const lease = await owner.acquire(requestOf('owner'));
    // Slow enough that the cut comes between the request and its answer.
    proxy.delay({ toClientMs: 500 });
    const waiting = waiter.acquire({ ...requestOf('waiter'), onConflict: 'wait', waitMs: 8_000 });
    await until(
      async () => String(await callRedis(redis.port, ['CLIENT', 'LIST'])).includes('cmd=subscribe'),
      {
        intervalMs: 5,
      },
    );
    proxy.cut();
    proxy.heal();
    await lease.release();
    const next = await waiting;
    expect(BigInt(next.fence)).toBeGreaterThan(BigInt(lease.fence));
    await next.release();
  });
});

describe.concurrent('clients that compete for records over a network that drops, delays and cuts', () => {
  it.each([
    { faults: ['loseAnswers', 'delay', 'flushScripts', 'pauseWrites'] as const, seed: 3 },
    { faults: ['loseRequests', 'cut', 'pauseAll', 'freezeRedis'] as const, seed: 4 },
  ])('P1, P3, P5: no promise is broken by the faults $faults', async ({ faults, seed }) => {
    expect((await runFaults(faults, { seed })).violations).toEqual([]);
  });
});
