import { EventEmitter, once } from 'node:events';
import type { RecordKey } from '@rowlock/protocol';
import { describe, expect, it } from 'vitest';
import { DeadlockError, LeaseLostError } from '../../src/errors.ts';
import type { LeaseHandle } from '../../src/locks/leases/leaseHandle.ts';
import type { Locks, WorkRequest } from '../../src/locks/locks.ts';
import { deferred } from '../fixtures/deferred.ts';
import {
  ann,
  bo,
  errorOf,
  gazetteer,
  listBlockers,
  person,
  toLeaseSecret,
  useRedis,
} from '../fixtures/lockFixture.ts';

const { open } = useRedis();

/** The id of the lease under which a piece of work runs. */
const leaseIdOf = (locks: Locks, request: WorkRequest) => locks.withLock(request, async ({ id }) => id);

/** Work that reports its start, and ends when the test allows it. */
function heldWork(locks: Locks, request: WorkRequest) {
  const begun = deferred<LeaseHandle>();
  const mayEnd = deferred<void>();
  const ended = locks.withLock(request, async (lease) => {
    begun.resolve(lease);
    await mayEnd.promise;
  });
  ended.catch(begun.reject);
  return { begun: begun.promise, end: mayEnd.resolve, ended };
}

describe('nested work of the same holder', () => {
  it('nested work joins the lease, which grows and stays until the outer work ends', async () => {
    const { locks } = await open({ hierarchy: gazetteer });
    await locks.withLock({ holder: ann, records: ['countries/FR'], scope: 'subtree' }, async (outer) => {
      const save = (record: RecordKey) => leaseIdOf(locks, { holder: ann, records: [record] });
      const ids = await Promise.all([save('cities/FR-11-7'), save('cities/IT-1-1')]);
      expect(ids).toEqual([outer.id, outer.id]);
      const { held } = await locks.check(['cities/FR-11-7', 'cities/IT-1-1']);
      expect([...held.values()]).toEqual([[outer.id], [outer.id]]);
    });
    expect((await locks.list()).leases).toEqual([]);
  });

  it('nested work need not name a holder', async () => {
    const { locks } = await open();
    await locks.withLock({ holder: ann, records: ['cities/1'] }, async (outer) => {
      expect(await leaseIdOf(locks, { records: ['cities/1', 'cities/2'] })).toBe(outer.id);
    });
    expect(await errorOf(leaseIdOf(locks, { records: ['cities/1'] }))).toMatchObject({ code: 'bad_request' });
  });

  it('nested work conflicts with others like any work, and never waits for them', async () => {
    const { locks } = await open();
    await locks.acquire({ holder: bo, records: ['cities/2'] });
    await locks.withLock({ holder: ann, records: ['cities/1'] }, async (outer) => {
      const inner = (onConflict: 'refuse' | 'wait') =>
        locks.withLock({ holder: ann, records: ['cities/2'], onConflict }, async () => {});
      expect(await listBlockers(inner('refuse'))).toEqual(["Bo's form"]);
      expect(await listBlockers(inner('wait'))).toEqual(["Bo's form"]);
      const waiting = locks.acquire({ holder: ann, records: ['cities/2'], onConflict: 'wait' });
      expect(await errorOf(waiting)).toMatchObject({ code: 'bad_request' });
      expect(outer.signal.aborted).toBe(false);
    });
  });

  it('nested work cannot become exclusive if the outer work is shared', async () => {
    const { locks } = await open();
    await locks.withLock({ holder: ann, records: ['cities/1'], mode: 'shared' }, async () => {
      const inner = locks.withLock({ holder: ann, records: ['cities/1'] }, async () => {});
      expect(await errorOf(inner)).toMatchObject({ code: 'bad_request' });
      await locks.withLock({ holder: ann, records: ['cities/1'], mode: 'shared' }, async () => {});
    });
  });

  it('P4: nested work is refused once the lease is lost, until the outer work has ended', async () => {
    const { locks, registry } = await open();
    const outer = locks.withLock({ holder: ann, records: ['cities/1'] }, async (lease) => {
      await registry.release(toLeaseSecret(lease));
      expect(await errorOf(lease.renew())).toBeInstanceOf(LeaseLostError);
      return leaseIdOf(locks, { holder: ann, records: ['cities/1'] });
    });
    expect(await errorOf(outer)).toBeInstanceOf(LeaseLostError);
    await leaseIdOf(locks, { holder: ann, records: ['cities/1'] });
  });

  it('P1: nested work keeps the lease in force after the outer work has failed, until it has ended itself', async () => {
    const { locks } = await open();
    let inner!: ReturnType<typeof heldWork>;
    const outer = locks.withLock({ holder: ann, records: ['cities/1'] }, async () => {
      inner = heldWork(locks, { holder: ann, records: ['cities/1'] });
      await inner.begun;
      throw new Error('half way');
    });
    outer.catch(() => {});
    await expect.poll(() => inner !== undefined).toBe(true);
    const lease = await inner.begun;
    expect(await listBlockers(locks.acquire({ holder: bo, records: ['cities/1'] }))).toEqual(["Ann's form"]);
    expect(lease.signal.aborted).toBe(false);
    inner.end();
    await expect(outer).rejects.toThrow('half way');
    expect((await locks.check(['cities/1'])).held.size).toBe(0);
  });
});

describe('code that outlives the work around it', () => {
  it('code that outlives the work around it acquires a lease of its own', async () => {
    const { locks } = await open();
    const answered = deferred<void>();
    let mail!: Promise<string>;
    const outer = await locks.withLock({ holder: ann, records: ['cities/1'] }, async ({ id }) => {
      mail = answered.promise.then(() => leaseIdOf(locks, { holder: ann, records: ['cities/1'] }));
      return id;
    });
    answered.resolve();
    expect(await mail).not.toBe(outer);
  });

  it('code that outlives the work around it may wait for records', async () => {
    const { locks } = await open();
    const other = await locks.acquire({ holder: bo, records: ['cities/2'] });
    const answered = deferred<void>();
    let waiting!: Promise<LeaseHandle>;
    await locks.withLock({ holder: ann, records: ['cities/1'] }, async () => {
      waiting = answered.promise.then(() =>
        locks.acquire({
          holder: ann,
          records: ['cities/2'],
          onConflict: 'wait',
          onPosition: () => other.release(),
        }),
      );
    });
    answered.resolve();
    expect((await waiting).records).toEqual(['cities/2']);
  });

  it('code in work that has released its lease early acquires a lease of its own', async () => {
    const { locks } = await open();
    await locks.withLock({ holder: ann, records: ['cities/1'] }, async (lease) => {
      await lease.release();
      expect(await leaseIdOf(locks, { holder: ann, records: ['cities/1'] })).not.toBe(lease.id);
    });
  });

  it('P1: code that outlives the work of another holder conflicts with that work', async () => {
    const { locks } = await open();
    const bus = new EventEmitter();
    bus.on('saved', (done) => done(leaseIdOf(locks, { holder: bo, records: ['cities/1'] })));
    await locks.withLock({ holder: ann, records: ['cities/1'] }, async () => {
      const indexing = new Promise<Promise<string>>((resolve) => bus.emit('saved', resolve));
      expect(await listBlockers(indexing.then((id) => id))).toEqual(["Ann's form"]);
    });
  });

  it('code that outlives the work of another holder may wait for that work to end', async () => {
    const { locks } = await open();
    const bus = new EventEmitter();
    const waits = once(bus, 'waits');
    let indexing!: Promise<string>;
    const outer = await locks.withLock({ holder: ann, records: ['cities/1'] }, async ({ id }) => {
      const onPosition = () => void bus.emit('waits');
      indexing = leaseIdOf(locks, { holder: bo, records: ['cities/1'], onConflict: 'wait', onPosition });
      await waits;
      // A branch of the host is not held up by one that waits for the host.
      return leaseIdOf(locks, { holder: ann, records: ['cities/1'] }).then(() => id);
    });
    expect(await indexing).not.toBe(outer);
  });
});

describe('two branches under one lease', () => {
  it.each([
    ['of its holder', ann, ann],
    ['of other holders', bo, person('Cy')],
  ])('P1: branches take turns at one record (%s)', async (_, a, b) => {
    const { locks } = await open();
    let value = 0;
    await locks.withLock({ holder: ann, records: ['countries/FR'] }, async () => {
      const increment = (holder: typeof ann) =>
        locks.withLock({ holder, records: ['cities/1'] }, async () => {
          const read = value;
          await locks.check(['cities/1']);
          value = read + 1;
        });
      await Promise.all([increment(a), increment(b), increment(a)]);
    });
    expect(value).toBe(3);
  });

  it('branches run beside each other on different records', async () => {
    const { locks } = await open();
    await locks.withLock({ holder: ann, records: ['cities/1', 'cities/2'] }, async () => {
      const branches = ['cities/1', 'cities/2'].map((record) =>
        heldWork(locks, { records: [record as RecordKey] }),
      );
      await Promise.all(branches.map(({ begun }) => begun));
      for (const { end } of branches) end();
      await Promise.all(branches.map(({ ended }) => ended));
    });
  });

  it('branches that would wait for each other are refused, and nothing is locked', async () => {
    const { locks } = await open();
    await locks.withLock({ holder: ann, records: ['countries/FR'] }, async () => {
      const bothBegun = deferred<void>();
      let begun = 0;
      const branch = (first: RecordKey, second: RecordKey) =>
        locks.withLock({ records: [first] }, async () => {
          if (++begun === 2) bothBegun.resolve();
          await bothBegun.promise;
          await locks.withLock({ records: [second] }, async () => {});
        });
      const ends = await Promise.allSettled([branch('cities/1', 'cities/2'), branch('cities/2', 'cities/1')]);
      const reasons = ends.flatMap((end) => (end.status === 'rejected' ? [end.reason] : []));
      expect(reasons).toHaveLength(1);
      expect(reasons[0]).toBeInstanceOf(DeadlockError);
    });
  });
});
