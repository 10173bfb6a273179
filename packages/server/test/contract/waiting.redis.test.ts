import type { Holder, RecordKey } from '@rowlock/protocol';
import { describe, expect, it } from 'vitest';
import { LeaseLostError } from '../../src/errors.ts';
import type { LeaseRequest } from '../../src/locks/registry/requests.ts';
import {
  ann,
  bo,
  cities,
  cy,
  errorOf,
  gazetteer,
  getConflicts,
  joinWaitList,
  listBlockers,
  person,
  toLeaseSecret,
  useRedis,
} from '../fixtures/lockFixture.ts';
import { scriptCommands } from '../fixtures/scriptCommands.ts';

const { open } = useRedis();

async function openWaitList() {
  const client = await open({ hierarchy: gazetteer });
  const { registry } = client;
  return {
    ...client,
    hold: async (holder: Holder, ...records: RecordKey[]) =>
      toLeaseSecret(await registry.acquire({ holder, records })),
    join: (holder: Holder, records: readonly RecordKey[], rest: Partial<LeaseRequest> = {}) =>
      joinWaitList(registry, { holder, records, ...rest }),
  };
}

describe('a waiting lease', () => {
  it('a waiting lease gets all of its records in one step, when the last blocking lease has ended', async () => {
    const { registry, hold, join, log } = await openWaitList();
    const [first, second] = [await hold(ann, 'cities/1'), await hold(bo, 'cities/2')];
    const waiting = await join(cy, cities(1, 3));
    await registry.release(first);
    expect(await waiting.renew()).toMatchObject({ kind: 'waiting', position: 1 });
    await registry.release(second);
    expect(await waiting.renew()).toMatchObject({ kind: 'acquired', lease: { recordCount: 3 } });
    const { held } = await registry.check(cities(1, 3));
    for (const record of cities(1, 3)) expect(held.get(record)).toEqual([waiting.leaseId]);
    expect((await log()).map(({ kind }) => kind)).toEqual([
      ...['epoch', 'acquired', 'acquired', 'waiting', 'released', 'released', 'acquired'],
    ]);
  });

  it('a waiting lease covers nothing: no verb of an owner serves it', async () => {
    const { registry, hold, join } = await openWaitList();
    const holding = await hold(ann, 'cities/1');
    const { leaseSecret } = await join(bo, cities(1, 2));
    const verbs = [
      () => registry.renew(leaseSecret),
      () => registry.release(leaseSecret),
      () => registry.extend(leaseSecret, { records: ['cities/3'] }),
      () => registry.releaseRecords(leaseSecret, ['cities/2']),
      () => registry.transfer(leaseSecret, { holder: cy }),
      () => registry.resume(leaseSecret),
      () => registry.prove(leaseSecret, ['cities/2']),
    ];
    for (const verb of verbs) expect(await errorOf(verb())).toBeInstanceOf(LeaseLostError);
    expect([...(await registry.check(cities(1, 2))).held]).toEqual([['cities/1', [holding.leaseId]]]);
    expect((await registry.list()).leases.map(({ id }) => id)).toEqual([holding.leaseId]);
  });

  it('a request is served at once if all records are free', async () => {
    const { registry } = await openWaitList();
    expect(await registry.acquireOrWait({ holder: ann, records: ['cities/1'] })).toMatchObject({
      kind: 'acquired',
    });
  });

  it('P5: a waiting lease gets a fence above all that were issued while it waited', async () => {
    const { registry, hold, join } = await openWaitList();
    const holding = await hold(ann, 'cities/1');
    const waiting = await join(bo, ['cities/1']);
    const handed = await registry.transfer(holding, { holder: cy });
    expect(BigInt(handed.fence)).toBeGreaterThan(BigInt(waiting.leaseId));
    await registry.release(toLeaseSecret(handed));
    const answer = await waiting.renew();
    if (answer.kind !== 'acquired') throw new Error('not acquired');
    expect(BigInt(answer.lease.fence)).toBeGreaterThan(BigInt(handed.fence));
  });

  it('a waiting lease waits for records above and below its own too', async () => {
    const { registry, hold, join } = await openWaitList();
    const city = await hold(ann, 'cities/FR-11-7');
    const country = await join(bo, ['countries/FR'], { scope: 'subtree' });
    const other = await join(cy, ['cities/FR-12-1']);
    expect(other.position).toBe(2);
    await registry.release(city);
    expect(await country.renew()).toMatchObject({ kind: 'acquired' });
    expect(await other.renew()).toMatchObject({ kind: 'waiting', position: 1 });
    await registry.release(country.leaseSecret);
    expect(await other.renew()).toMatchObject({ kind: 'acquired' });
  });
});

describe('the wait list', () => {
  it('the wait list serves leases in the order in which they came', async () => {
    const { registry, hold, join } = await openWaitList();
    let holding = await hold(ann, 'cities/1');
    const waiters = [];
    for (let i = 1; i <= 8; i++) waiters.push(await join(person(`W${i}`), ['cities/1']));
    expect(waiters.map(({ position }) => position)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    for (const [i, next] of waiters.entries()) {
      await registry.release(holding);
      expect(await next.renew()).toMatchObject({ kind: 'acquired' });
      for (const [j, later] of waiters.slice(i + 1).entries()) {
        expect(await later.renew()).toMatchObject({ kind: 'waiting', position: j + 1 });
      }
      holding = next.leaseSecret;
    }
  });

  it('a position is read in as many words at the end of the wait list as at its front, however long it is', async () => {
    const { redis, hold, join } = await openWaitList();
    await hold(ann, 'cities/1');
    const waiters: Awaited<ReturnType<typeof join>>[] = [];
    for (let i = 1; i <= 40; i++) waiters.push(await join(person(`W${i}`), ['cities/1']));
    const wordsOf = async (position: number) => {
      const { renew } = waiters[position - 1]!;
      const commands = await scriptCommands(redis, /:(pending|blockedBy:\d+)$/, async () => {
        expect(await renew()).toMatchObject({ kind: 'waiting', position });
      });
      return commands.flat().length;
    };
    const [front, end] = [await wordsOf(1), await wordsOf(40)];
    expect(front).toBeGreaterThan(0);
    expect(end).toBe(front);
  });

  it('a waiter moves up when another stops waiting, and when another gets its lease', async () => {
    const { registry, hold, join } = await openWaitList();
    await hold(ann, 'cities/1');
    const other = await hold(bo, 'cities/2');
    const [first, second] = [await join(person('W1'), ['cities/2']), await join(person('W2'), ['cities/1'])];
    const last = await join(cy, cities(1, 2));
    expect(last.position).toBe(3);
    await registry.release(other);
    expect(await first.renew()).toMatchObject({ kind: 'acquired' });
    expect(await last.renew()).toMatchObject({ kind: 'waiting', position: 2 });
    await registry.stopWaiting(second.leaseSecret, 10_000, []);
    expect(await last.renew()).toMatchObject({ kind: 'waiting', position: 1 });
  });

  it('a newcomer overtakes no waiter: it is refused, skips the record, or waits after it', async () => {
    const { registry, hold, join } = await openWaitList();
    await hold(ann, 'cities/1');
    await join(bo, cities(1, 2));
    const conflicts = await getConflicts(registry.acquire({ holder: cy, records: ['cities/2'] }));
    expect(conflicts).toMatchObject([{ lease: { holder: bo }, records: ['cities/2'], isWaiting: true }]);
    const skipping = await registry.acquire({ holder: cy, records: cities(1, 3), onConflict: 'skip' });
    expect(skipping.skipped).toEqual(cities(1, 2));
    expect((await join(cy, ['cities/2'])).position).toBe(2);
    expect(await listBlockers(registry.extend(toLeaseSecret(skipping), { records: ['cities/2'] }))).toEqual([
      ...["Bo's form", "Cy's form"],
    ]);
  });

  it('small requests that keep coming do not starve a large one', async () => {
    const { registry, hold, join } = await openWaitList();
    const held = [];
    for (const record of cities(0, 5)) held.push(await hold(ann, record));
    const large = await join(bo, cities(0, 100));
    const small = [];
    for (const [i, holding] of held.entries()) {
      small.push(await join(cy, [`cities/${i}`]));
      await registry.release(holding);
      small.push(await join(cy, [`cities/${i}`]));
    }
    expect(await large.renew()).toMatchObject({ kind: 'acquired' });
    for (const one of small) expect(await one.renew()).toMatchObject({ kind: 'waiting' });
    await registry.release(large.leaseSecret);
    expect(await small[0]!.renew()).toMatchObject({ kind: 'acquired' });
  });

  it('a shared request waits after an earlier exclusive one, and then all shared ones come into force together', async () => {
    const { registry, hold: _, join } = await openWaitList();
    const reading = await registry.acquire({ holder: ann, records: ['cities/1'], mode: 'shared' });
    const alone = await join(bo, ['cities/1']);
    const shared = [];
    for (const name of ['R1', 'R2', 'R3'])
      shared.push(await join(person(name), ['cities/1'], { mode: 'shared' }));
    expect(shared.map(({ position }) => position)).toEqual([2, 2, 2]);
    await registry.release(toLeaseSecret(reading));
    expect(await alone.renew()).toMatchObject({ kind: 'acquired' });
    for (const one of shared) expect(await one.renew()).toMatchObject({ kind: 'waiting', position: 1 });
    await registry.release(alone.leaseSecret);
    for (const one of shared) expect(await one.renew()).toMatchObject({ kind: 'acquired' });
  });

  it('waiters for different records of one holder do not wait for each other', async () => {
    const { hold, join } = await openWaitList();
    await hold(ann, ...cities(0, 3));
    expect((await join(bo, ['cities/0'])).position).toBe(1);
    expect((await join(cy, ['cities/1'])).position).toBe(1);
  });

  it('the waiters after one that stops waiting move up', async () => {
    const { registry, hold, join } = await openWaitList();
    const holding = await hold(ann, 'cities/1');
    const middle = await join(bo, ['cities/1']);
    const last = await join(cy, ['cities/1']);
    expect(await registry.stopWaiting(middle.leaseSecret, 10_000, [])).toMatchObject({ kind: 'stopped' });
    expect(await last.renew()).toMatchObject({ kind: 'waiting', position: 1 });
    await registry.release(holding);
    expect(await last.renew()).toMatchObject({ kind: 'acquired' });
  });
});

describe('a partial release', () => {
  it('a partial release brings a waiter for just those records into force, and none that waits for more', async () => {
    const { registry, hold, join } = await openWaitList();
    const holding = await hold(ann, ...cities(0, 10));
    const some = await join(bo, cities(0, 3));
    const more = await join(cy, cities(3, 7));
    await registry.releaseRecords(holding, cities(0, 2));
    expect(await some.renew()).toMatchObject({ kind: 'waiting' });
    await registry.releaseRecords(holding, cities(2, 7));
    expect(await some.renew()).toMatchObject({ kind: 'acquired' });
    expect(await more.renew()).toMatchObject({ kind: 'waiting' });
    await registry.releaseRecords(holding, ['cities/9']);
    expect(await more.renew()).toMatchObject({ kind: 'acquired' });
  });

  it('a partial release of a subtree brings waiters for records below it into force, however many parts their request took', async () => {
    const { registry, join } = await openWaitList();
    const holding = await registry.acquire({
      holder: ann,
      records: ['countries/FR', 'countries/IT'],
      scope: 'subtree',
    });
    const few = await join(bo, ['cities/FR-11-7', 'cities/FR-12-1']);
    const many = await join(
      cy,
      Array.from({ length: 12_000 }, (_, i) => `cities/FR-13-${i}` as const),
    );
    expect(await registry.releaseRecords(toLeaseSecret(holding), ['countries/FR'])).toBe(1);
    expect(await few.renew()).toMatchObject({ kind: 'acquired' });
    expect(await many.renew()).toMatchObject({ kind: 'acquired' });
  });
});
