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
  inTheWay,
  person,
  ticketFor,
  toLeaseSecret,
  useRedis,
} from '../fixtures/lockFixture.ts';
import { scriptCommands } from '../fixtures/scriptCommands.ts';

const { open } = useRedis();

async function openLine() {
  const client = await open({ hierarchy: gazetteer });
  const { registry } = client;
  return {
    ...client,
    hold: async (holder: Holder, ...records: RecordKey[]) =>
      toLeaseSecret(await registry.acquire({ holder, records })),
    queue: (holder: Holder, records: readonly RecordKey[], rest: Partial<LeaseRequest> = {}) =>
      ticketFor(registry, { holder, records, ...rest }),
  };
}

describe('one who waits', () => {
  it('gets all of its records in one step, when the last lease that it stands behind has ended', async () => {
    const { registry, hold, queue, log } = await openLine();
    const [first, second] = [await hold(ann, 'cities/1'), await hold(bo, 'cities/2')];
    const waiting = await queue(cy, cities(1, 3));
    await registry.release(first);
    expect(await waiting.stand()).toMatchObject({ kind: 'waiting', position: 1 });
    await registry.release(second);
    expect(await waiting.stand()).toMatchObject({ kind: 'acquired', lease: { recordCount: 3 } });
    const { held } = await registry.check(cities(1, 3));
    for (const record of cities(1, 3)) expect(held.get(record)).toEqual([waiting.leaseId]);
    expect((await log()).map(({ kind }) => kind)).toEqual([
      ...['epoch', 'acquired', 'acquired', 'waiting', 'released', 'released', 'acquired'],
    ]);
  });

  it('holds nothing meanwhile: no verb of an owner serves it', async () => {
    const { registry, hold, queue } = await openLine();
    const holding = await hold(ann, 'cities/1');
    const { leaseSecret } = await queue(bo, cities(1, 2));
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

  it('is served at once where all is free', async () => {
    const { registry } = await openLine();
    expect(await registry.acquireOrWait({ holder: ann, records: ['cities/1'] })).toMatchObject({
      kind: 'acquired',
    });
  });

  it('P5: gets a fence above all that were given while it waited', async () => {
    const { registry, hold, queue } = await openLine();
    const holding = await hold(ann, 'cities/1');
    const waiting = await queue(bo, ['cities/1']);
    const handed = await registry.transfer(holding, { holder: cy });
    expect(BigInt(handed.fence)).toBeGreaterThan(BigInt(waiting.leaseId));
    await registry.release(toLeaseSecret(handed));
    const answer = await waiting.stand();
    if (answer.kind !== 'acquired') throw new Error('not granted');
    expect(BigInt(answer.lease.fence)).toBeGreaterThan(BigInt(handed.fence));
  });

  it('waits behind what is above and below its records as well', async () => {
    const { registry, hold, queue } = await openLine();
    const city = await hold(ann, 'cities/FR-11-7');
    const country = await queue(bo, ['countries/FR'], { scope: 'subtree' });
    const other = await queue(cy, ['cities/FR-12-1']);
    expect(other.position).toBe(2);
    await registry.release(city);
    expect(await country.stand()).toMatchObject({ kind: 'acquired' });
    expect(await other.stand()).toMatchObject({ kind: 'waiting', position: 1 });
    await registry.release(country.leaseSecret);
    expect(await other.stand()).toMatchObject({ kind: 'acquired' });
  });
});

describe('the line', () => {
  it('is served in the order in which they came', async () => {
    const { registry, hold, queue } = await openLine();
    let holding = await hold(ann, 'cities/1');
    const line = [];
    for (let i = 1; i <= 8; i++) line.push(await queue(person(`W${i}`), ['cities/1']));
    expect(line.map(({ position }) => position)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    for (const [i, next] of line.entries()) {
      await registry.release(holding);
      expect(await next.stand()).toMatchObject({ kind: 'acquired' });
      for (const [j, later] of line.slice(i + 1).entries()) {
        expect(await later.stand()).toMatchObject({ kind: 'waiting', position: j + 1 });
      }
      holding = next.leaseSecret;
    }
  });

  it('tells a position in as many words at its end as at its front, however long it is', async () => {
    const { redis, hold, queue } = await openLine();
    await hold(ann, 'cities/1');
    const line: Awaited<ReturnType<typeof queue>>[] = [];
    for (let i = 1; i <= 40; i++) line.push(await queue(person(`W${i}`), ['cities/1']));
    const wordsOf = async (position: number) => {
      const { stand } = line[position - 1]!;
      const commands = await scriptCommands(redis, /:(pending|blockedBy:\d+)$/, async () => {
        expect(await stand()).toMatchObject({ kind: 'waiting', position });
      });
      return commands.flat().length;
    };
    const [front, end] = [await wordsOf(1), await wordsOf(40)];
    expect(front).toBeGreaterThan(0);
    expect(end).toBe(front);
  });

  it('moves up by one who gives up in the midst of it, and by one who is granted on another record', async () => {
    const { registry, hold, queue } = await openLine();
    await hold(ann, 'cities/1');
    const other = await hold(bo, 'cities/2');
    const [first, second] = [
      await queue(person('W1'), ['cities/2']),
      await queue(person('W2'), ['cities/1']),
    ];
    const last = await queue(cy, cities(1, 2));
    expect(last.position).toBe(3);
    await registry.release(other);
    expect(await first.stand()).toMatchObject({ kind: 'acquired' });
    expect(await last.stand()).toMatchObject({ kind: 'waiting', position: 2 });
    await registry.stopWaiting(second.leaseSecret, 10_000, []);
    expect(await last.stand()).toMatchObject({ kind: 'waiting', position: 1 });
  });

  it('lets no newcomer step before one who waits: refused, skipped or queued, it comes after', async () => {
    const { registry, hold, queue } = await openLine();
    await hold(ann, 'cities/1');
    await queue(bo, cities(1, 2));
    const conflicts = await getConflicts(registry.acquire({ holder: cy, records: ['cities/2'] }));
    expect(conflicts).toMatchObject([{ lease: { holder: bo }, records: ['cities/2'], isWaiting: true }]);
    const skipping = await registry.acquire({ holder: cy, records: cities(1, 3), onConflict: 'skip' });
    expect(skipping.skipped).toEqual(cities(1, 2));
    expect((await queue(cy, ['cities/2'])).position).toBe(2);
    expect(await inTheWay(registry.extend(toLeaseSecret(skipping), { records: ['cities/2'] }))).toEqual([
      ...["Bo's form", "Cy's form"],
    ]);
  });

  it('does not starve a large request by small ones that keep coming', async () => {
    const { registry, hold, queue } = await openLine();
    const held = [];
    for (const record of cities(0, 5)) held.push(await hold(ann, record));
    const large = await queue(bo, cities(0, 100));
    const small = [];
    for (const [i, holding] of held.entries()) {
      small.push(await queue(cy, [`cities/${i}`]));
      await registry.release(holding);
      small.push(await queue(cy, [`cities/${i}`]));
    }
    expect(await large.stand()).toMatchObject({ kind: 'acquired' });
    for (const one of small) expect(await one.stand()).toMatchObject({ kind: 'waiting' });
    await registry.release(large.leaseSecret);
    expect(await small[0]!.stand()).toMatchObject({ kind: 'acquired' });
  });

  it('keeps a shared request behind an earlier exclusive one, then lets all shared ones in together', async () => {
    const { registry, hold: _, queue } = await openLine();
    const reading = await registry.acquire({ holder: ann, records: ['cities/1'], mode: 'shared' });
    const alone = await queue(bo, ['cities/1']);
    const shared = [];
    for (const name of ['R1', 'R2', 'R3'])
      shared.push(await queue(person(name), ['cities/1'], { mode: 'shared' }));
    expect(shared.map(({ position }) => position)).toEqual([2, 2, 2]);
    await registry.release(toLeaseSecret(reading));
    expect(await alone.stand()).toMatchObject({ kind: 'acquired' });
    for (const one of shared) expect(await one.stand()).toMatchObject({ kind: 'waiting', position: 1 });
    await registry.release(alone.leaseSecret);
    for (const one of shared) expect(await one.stand()).toMatchObject({ kind: 'acquired' });
  });

  it('is no line between those who want different records of one holder', async () => {
    const { hold, queue } = await openLine();
    await hold(ann, ...cities(0, 3));
    expect((await queue(bo, ['cities/0'])).position).toBe(1);
    expect((await queue(cy, ['cities/1'])).position).toBe(1);
  });

  it('moves up where one in the middle gives up', async () => {
    const { registry, hold, queue } = await openLine();
    const holding = await hold(ann, 'cities/1');
    const middle = await queue(bo, ['cities/1']);
    const last = await queue(cy, ['cities/1']);
    expect(await registry.stopWaiting(middle.leaseSecret, 10_000, [])).toMatchObject({ kind: 'stopped' });
    expect(await last.stand()).toMatchObject({ kind: 'waiting', position: 1 });
    await registry.release(holding);
    expect(await last.stand()).toMatchObject({ kind: 'acquired' });
  });
});

describe('a partial release', () => {
  it('lets in who waits for just those records, and not who waits for more', async () => {
    const { registry, hold, queue } = await openLine();
    const holding = await hold(ann, ...cities(0, 10));
    const some = await queue(bo, cities(0, 3));
    const more = await queue(cy, cities(3, 7));
    await registry.releaseRecords(holding, cities(0, 2));
    expect(await some.stand()).toMatchObject({ kind: 'waiting' });
    await registry.releaseRecords(holding, cities(2, 7));
    expect(await some.stand()).toMatchObject({ kind: 'acquired' });
    expect(await more.stand()).toMatchObject({ kind: 'waiting' });
    await registry.releaseRecords(holding, ['cities/9']);
    expect(await more.stand()).toMatchObject({ kind: 'acquired' });
  });

  it('of a subtree lets in who waits for records below it, however many parts their request took', async () => {
    const { registry, queue } = await openLine();
    const holding = await registry.acquire({
      holder: ann,
      records: ['countries/FR', 'countries/IT'],
      scope: 'subtree',
    });
    const few = await queue(bo, ['cities/FR-11-7', 'cities/FR-12-1']);
    const many = await queue(
      cy,
      Array.from({ length: 12_000 }, (_, i) => `cities/FR-13-${i}` as const),
    );
    expect(await registry.releaseRecords(toLeaseSecret(holding), ['countries/FR'])).toBe(1);
    expect(await few.stand()).toMatchObject({ kind: 'acquired' });
    expect(await many.stand()).toMatchObject({ kind: 'acquired' });
  });
});
