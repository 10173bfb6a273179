import { describe, expect, it } from 'vitest';
import {
  ann,
  bo,
  cities,
  cy,
  gazetteer,
  joinWaitList,
  person,
  toLeaseSecret,
  useRedis,
} from '../fixtures/lockFixture.ts';

const { open } = useRedis();

describe('check', () => {
  it('check lists who holds which record, also by a lock above it, and omits free ones', async () => {
    const { registry } = await open({ hierarchy: gazetteer });
    const country = await registry.acquire({ holder: ann, records: ['countries/FR'], scope: 'subtree' });
    const first = await registry.acquire({ holder: bo, records: ['cities/IT-1-1'], mode: 'shared' });
    const second = await registry.acquire({
      holder: cy,
      records: ['regions/IT-1'],
      scope: 'subtree',
      mode: 'shared',
    });
    const { held, leases } = await registry.check([
      ...(['countries/FR', 'regions/FR-11', 'cities/FR-11-7', 'cities/IT-1-1', 'cities/DE-1-1'] as const),
    ]);
    expect(held).toEqual(
      new Map([
        ['countries/FR', [country.id]],
        ['regions/FR-11', [country.id]],
        ['cities/FR-11-7', [country.id]],
        ['cities/IT-1-1', [second.id, first.id]],
      ]),
    );
    expect([...leases.keys()].sort()).toEqual([country.id, first.id, second.id].sort());
    expect(leases.get(first.id)).toEqual({
      id: first.id,
      holder: bo,
      mode: 'shared',
      since: first.since,
      recordCount: 1,
    });
  });

  it('check sees a whole resource on each of its records', async () => {
    const { registry } = await open({ hierarchy: gazetteer });
    const { id } = await registry.acquire({ holder: ann, records: ['cities/*'] });
    expect((await registry.check(['cities/7', 'cities/FR-11-7', 'regions/FR-11'])).held).toEqual(
      new Map([
        ['cities/7', [id]],
        ['cities/FR-11-7', [id]],
      ]),
    );
  });

  it('check has its position in the change log: it includes every earlier entry', async () => {
    const { registry, log } = await open();
    await registry.acquire({ holder: ann, records: ['cities/1'] });
    const { position } = await registry.check(['cities/1']);
    expect((await log()).at(-1)?.position).toBe(position);
  });
});

describe('listHolders', () => {
  it('listHolders lists holders and waiters in the order in which they came', async () => {
    const { registry, locks } = await open();
    await registry.acquire({ holder: ann, records: ['cities/1'] });
    await joinWaitList(registry, { holder: bo, records: cities(1, 2) });
    await joinWaitList(registry, { holder: cy, records: ['cities/1'] });
    const holders = await locks.listHolders(cities(1, 3));
    const told = (record: `cities/${number}`) =>
      holders.get(record)?.map(({ lease, isWaiting }) => [lease.holder, isWaiting]);
    expect(told('cities/1')).toEqual([
      [ann, false],
      [bo, true],
      [cy, true],
    ]);
    expect(told('cities/2')).toEqual([[bo, true]]);
    expect(holders.has('cities/3')).toBe(false);
  });
});

describe('list', () => {
  it('list answers the leases in force page by page, each once, oldest first', async () => {
    const { registry, locks } = await open();
    const ids: string[] = [];
    for (let i = 0; i < 7; i++)
      ids.push((await registry.acquire({ holder: ann, records: [`cities/${i}`] })).id);
    const seen: string[] = [];
    let after: string | undefined;
    do {
      const page = await locks.list({ limit: 3, ...(after !== undefined && { after }) });
      seen.push(...page.leases.map(({ id }) => id));
      expect(page.leases.length).toBeLessThanOrEqual(3);
      after = page.next;
    } while (after !== undefined);
    expect(seen).toEqual(ids);
  });

  it('list answers the leases of one resource, one holder or one actor', async () => {
    const { registry, locks } = await open({ hierarchy: gazetteer });
    const city = await registry.acquire({ holder: ann, records: ['cities/FR-11-7'] });
    const region = await registry.acquire({
      holder: { ...ann, id: 'another-tab' },
      records: ['regions/FR-11'],
    });
    const all = await registry.acquire({ holder: bo, records: ['countries/*'] });
    const ended = await registry.acquire({ holder: bo, records: ['cities/1'] });
    await registry.release(toLeaseSecret(ended));
    const idsOf = async (...filter: Parameters<typeof locks.list>) =>
      (await locks.list(...filter)).leases.map(({ id }) => id);
    expect(await idsOf()).toEqual([city.id, region.id, all.id]);
    expect(await idsOf({ resource: 'cities' })).toEqual([city.id]);
    expect(await idsOf({ resource: 'countries' })).toEqual([all.id]);
    expect(await idsOf({ resource: 'planets' })).toEqual([]);
    expect(await idsOf({ holder: ann })).toEqual([city.id]);
    expect(await idsOf({ actorId: 'ann' })).toEqual([city.id, region.id]);
  });
});

describe('proving', () => {
  it('P4: prove answers which records a lease does not cover exclusively, through subtrees and whole resources', async () => {
    const { registry } = await open({ hierarchy: gazetteer });
    const country = await registry.acquire({ holder: ann, records: ['countries/FR'], scope: 'subtree' });
    const wanted = ['countries/FR', 'regions/FR-11', 'cities/FR-11-7', 'cities/IT-1-1'] as const;
    expect(await registry.prove(toLeaseSecret(country), wanted)).toEqual({
      fence: country.fence,
      holder: ann,
      uncovered: ['cities/IT-1-1'],
    });
    const node = await registry.acquire({ holder: bo, records: ['countries/IT'] });
    expect((await registry.prove(toLeaseSecret(node), ['countries/IT', 'cities/IT-1-1'])).uncovered).toEqual([
      'cities/IT-1-1',
    ]);
    const whole = await registry.acquire({ holder: cy, records: ['planets/*'] });
    expect((await registry.prove(toLeaseSecret(whole), ['planets/1', 'stars/1'])).uncovered).toEqual([
      'stars/1',
    ]);
  });

  it('P4: prove covers no record of a shared lease', async () => {
    const { registry } = await open();
    const sharing = await registry.acquire({ holder: ann, records: ['cities/1'], mode: 'shared' });
    expect((await registry.prove(toLeaseSecret(sharing), ['cities/1'])).uncovered).toEqual(['cities/1']);
  });
});

describe('the change log', () => {
  it('the change log has every start and every end of a lease, in order and with the reason', async () => {
    const { registry, log } = await open();
    const acquired = await registry.acquire({ holder: ann, records: cities(0, 3) });
    await registry.release(toLeaseSecret(acquired));
    const { id, since } = acquired;
    expect(await log()).toMatchObject([
      { kind: 'epoch' },
      { kind: 'acquired', lease: { id, holder: ann, mode: 'exclusive', since, recordCount: 3 } },
      { kind: 'released', leaseId: id, reason: 'released', holder: ann },
    ]);
  });
});

describe('the audit trail', () => {
  it('P8: the audit trail of a record has all that happened to it, newest first, and nothing of others', async () => {
    const { registry, locks, sweepAll } = await open();
    const first = await registry.acquire({ holder: ann, records: cities(1, 3) });
    await registry.extend(toLeaseSecret(first), { records: ['cities/9'] });
    await registry.releaseRecords(toLeaseSecret(first), ['cities/1']);
    const waiting = await joinWaitList(registry, { holder: bo, records: ['cities/2'] });
    await registry.transfer(toLeaseSecret(first), { holder: cy, nextSecret: 'n'.repeat(24) });
    await registry.release({ leaseId: first.id, secret: 'n'.repeat(24) });
    await waiting.renew();
    await registry.release(waiting.leaseSecret);
    const told = async (record: `cities/${number}`) =>
      (await locks.audit.listByRecord(record))
        .map(({ what, holder }) => `${what} ${holder.actor.id}`)
        .reverse();
    for (const isSwept of [false, true]) {
      if (isSwept) await sweepAll();
      expect(await told('cities/2')).toEqual([
        ...['acquired ann', 'waiting bo', 'transferred cy', 'released cy', 'acquired bo', 'released bo'],
      ]);
      expect(await told('cities/1')).toContain('freed ann');
      expect(await told('cities/9')).toContain('extended ann');
      expect(await told('cities/99')).toEqual([]);
    }
  });

  it('the audit trail of a holder, and of all holders of an actor, is answered page by page', async () => {
    const { registry, locks } = await open();
    for (const holder of [ann, { ...ann, id: 'another-tab' }, bo]) {
      await registry.release(toLeaseSecret(await registry.acquire({ holder, records: ['cities/1'] })));
    }
    const { audit } = locks;
    expect(await audit.listByHolder(ann)).toHaveLength(2);
    const all = await audit.listByHolder({ actorId: 'ann' });
    expect(all.map(({ what }) => what)).toEqual(['released', 'acquired', 'released', 'acquired']);
    const page = await audit.listByHolder({ actorId: 'ann' }, { limit: 3 });
    expect(page).toEqual(all.slice(0, 3));
    expect(await audit.listByHolder({ actorId: 'ann' }, { before: page.at(-1)!.position })).toEqual(
      all.slice(3),
    );
    expect(await audit.listByHolder(person('Nobody'))).toEqual([]);
  });
});
