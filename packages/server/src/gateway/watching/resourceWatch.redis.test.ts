/** Whole resources as browsers watch them, and the pages of their locks. */
import type { ResourceView } from '@rowlock/protocol';
import { startRedis, until } from '@rowlock/test-utils';
import { describe, expect, it, onTestFinished } from 'vitest';
import { acquire, gatewayFixture } from '../../../test/fixtures/gatewayFixture.ts';
import { type Client, gatedTask, newNamespace, startRig } from '../../../test/fixtures/rig.ts';

const { rig } = gatewayFixture();

const ann = { id: 'ann', name: 'Ann' };
const bulk = { type: 'person', id: 'x', label: 'Bulk', actor: ann } as const;
const many = (count: number) => Array.from({ length: count }, (_, i) => `cities/m${i}` as const);

async function watchResource(client: Client, ...resources: string[]) {
  const answer = await client.send('watch', { resources });
  if (!answer.ok) throw new Error(answer.error.message);
  return answer;
}
const countsOn = ({ changes }: Client, resource: string): ResourceView | undefined =>
  changes.map(({ resources }) => resources?.[resource]).findLast((view) => view !== undefined);
const counts = (client: Client, resource: string, expected: Partial<ResourceView>) =>
  until(
    () => {
      const view = countsOn(client, resource);
      return (
        view && Object.entries(expected).every(([name, value]) => view[name as keyof ResourceView] === value)
      );
    },
    { what: `${JSON.stringify(expected)} on ${resource}` },
  );

describe('a session that watches a resource', () => {
  it('a session gets the counts at first and with each change, on every gateway, and no row', async () => {
    const namespace = newNamespace();
    const [here, there] = [await rig({ namespace }), await rig({ namespace })];
    const tab = await here.connect('ann');
    const held = await acquire(tab, 'cities/1', 'cities/2', 'regions/1');
    const clients = [await here.connect('bo'), await there.connect('chen')];
    for (const client of clients) {
      expect((await watchResource(client, 'cities')).resources).toEqual({
        cities: { leaseCount: 1, recordCount: 2, isWhollyLocked: false, hasSubtreeLocks: false },
      });
    }
    const lease = await here.rowlock.locks.acquire({ holder: bulk, records: many(10_000) });
    for (const client of clients) await counts(client, 'cities', { leaseCount: 2, recordCount: 10_002 });
    await lease.release(many(4_000));
    for (const client of clients) await counts(client, 'cities', { leaseCount: 2, recordCount: 6_002 });
    await lease.release();
    await tab.send('release', held);
    for (const client of clients) {
      await counts(client, 'cities', { leaseCount: 0, recordCount: 0 });
      expect(client.changes.flatMap(({ records }) => Object.keys(records))).toEqual([]);
    }
  });

  it('a session gets at most four updates a second, with the newest counts', async () => {
    const { connect, rowlock } = await rig();
    const bo = await connect('bo');
    await watchResource(bo, 'cities');
    const beganMs = Date.now();
    for (let i = 0; i < 100; i++) {
      const lease = await rowlock.locks.acquire({ holder: bulk, records: [`cities/${i}`] });
      if (i < 99) await lease.release();
    }
    await counts(bo, 'cities', { leaseCount: 1, recordCount: 1 });
    const seconds = (Date.now() - beganMs) / 1_000;
    expect(bo.changes.length).toBeLessThanOrEqual(2 + 4 * seconds);
  });

  it('a session sees a whole resource, and a lease that is extended, transferred and waits', async () => {
    const { task } = gatedTask();
    const { connect, rowlock } = await rig({ tasks: [task] });
    const bo = await connect('bo');
    await watchResource(bo, 'cities', 'regions');
    const whole = await rowlock.locks.acquire({ holder: bulk, records: ['regions/*'] });
    await counts(bo, 'regions', { leaseCount: 1, recordCount: 0, isWhollyLocked: true });
    await whole.release();
    await counts(bo, 'regions', { leaseCount: 0, isWhollyLocked: false });
    const lease = await rowlock.locks.acquire({ holder: bulk, records: ['cities/1'] });
    await lease.extend(['cities/2', 'cities/3']);
    await counts(bo, 'cities', { leaseCount: 1, recordCount: 3 });
    const waiting = await rowlock.tasks.launch(
      task,
      { ids: ['3', '4'], gate: 'a' },
      { actor: ann, onConflict: 'wait' },
    );
    expect(waiting.task.state).toBe('waiting');
    await lease.release();
    await counts(bo, 'cities', { leaseCount: 1, recordCount: 2 });
  });

  it('a session sees locks with all that is below in each resource that may have rows there', async () => {
    const { connect, rowlock } = await rig({
      hierarchy: {
        cities: { under: ['regions'], getAncestors: (ids) => ids.map(() => ['regions/1' as const]) },
      },
    });
    const bo = await connect('bo');
    await watchResource(bo, 'cities', 'regions');
    const lease = await rowlock.locks.acquire({ holder: bulk, records: ['regions/1'], scope: 'subtree' });
    await counts(bo, 'regions', { leaseCount: 1, recordCount: 1, hasSubtreeLocks: true });
    await counts(bo, 'cities', { leaseCount: 1, recordCount: 0, hasSubtreeLocks: true });
    await lease.release();
    await counts(bo, 'cities', { leaseCount: 0, hasSubtreeLocks: false });
  });

  it('P12: a session may watch a resource only with the permission for all of it', async () => {
    const asked: unknown[] = [];
    const { connect } = await rig({
      authorize: ({ action, records }) => {
        asked.push([action, records]);
        return !records?.includes('cities/*');
      },
    });
    const bo = await connect('bo');
    expect(await bo.send('watch', { resources: ['cities'] })).toMatchObject({ error: { code: 'forbidden' } });
    expect(asked).toEqual([['watch', ['cities/*']]]);
    expect(await bo.send('watch', { resources: ['planets'] })).toMatchObject({
      error: { code: 'unknown_resource' },
    });
    expect(await bo.send('listLocks', { resource: 'cities' })).toMatchObject({
      error: { code: 'forbidden' },
    });
    expect(await bo.send('watch', { resources: ['regions'] })).toMatchObject({ ok: true });
  });

  it('a session gets nothing after unwatch', async () => {
    const { connect } = await rig();
    const [ann, bo] = [await connect('ann'), await connect('bo')];
    await watchResource(bo, 'cities', 'regions');
    await bo.send('unwatch', { resources: ['cities'] });
    await acquire(ann, 'cities/1');
    await acquire(ann, 'regions/1');
    await counts(bo, 'regions', { leaseCount: 1 });
    expect(countsOn(bo, 'cities')).toBeUndefined();
  });

  it('P9: the counts are those of the registry after a restart of Redis that has lost its data', async () => {
    const own = await startRedis({});
    const lone = await startRig(own, { recovery: { graceMs: 100 } });
    onTestFinished(() => lone.close().then(() => own.stop()));
    const bo = await lone.connect('bo');
    await lone.rowlock.locks.acquire({ holder: bulk, records: many(20) });
    expect((await watchResource(bo, 'cities')).resources).toMatchObject({ cities: { recordCount: 20 } });
    await own.kill();
    await own.restart();
    await until(() => bo.certainty.at(-1) === true, { what: 'certainty', timeoutMs: 15_000 });
    // The holder reasserts its lease, so it may be there again.
    const sum = async () => {
      const { leases } = await lone.rowlock.locks.list({ resource: 'cities' });
      return leases.reduce((total, { recordCount }) => total + recordCount, 0);
    };
    await until(async () => (countsOn(bo, 'cities')?.recordCount ?? 20) === (await sum()), {
      what: 'the counts of the registry',
    });
    const lease = await until(() => lone.rowlock.locks.acquire({ holder: bulk, records: ['cities/new'] }), {
      what: 'the end of the restart grace',
    });
    await lease.release();
    await acquire(await lone.connect('ann'), 'cities/last');
    await until(async () => countsOn(bo, 'cities')?.recordCount === (await sum()), {
      what: 'the counts of the registry after a change',
    });
  }, 30_000);
});

describe('the list of locks', () => {
  it('pages name each lease once, oldest first, with its part of the resource, over both channels', async () => {
    const { connect, rowlock, fetch } = await rig();
    const bo = await connect('bo');
    for (const id of [1, 2, 3]) {
      await rowlock.locks.acquire({
        holder: bulk,
        records: [`cities/${id}`, `cities/x${id}`, `regions/${id}`],
      });
    }
    await rowlock.locks.acquire({ holder: bulk, records: ['regions/9'] });
    const first = await bo.send('listLocks', { resource: 'cities', limit: 2 });
    if (!first.ok) throw new Error(first.error.message);
    expect(first.locks).toMatchObject([
      {
        recordCount: 2,
        isWhole: false,
        lease: { recordCount: 3, holder: { label: 'Bulk' }, mode: 'exclusive' },
      },
      { recordCount: 2 },
    ]);
    const rest = await bo.send('listLocks', { resource: 'cities', limit: 2, after: first.next! });
    expect(rest).toMatchObject({ ok: true, locks: [{ recordCount: 2 }] });
    expect(rest).not.toHaveProperty('next');
    const answer = await fetch(`/rowlock/leases?resource=cities&after=${first.next}`, {
      headers: { authorization: 'Bearer bo' },
    });
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(await answer.json()).toEqual({ locks: rest.ok && rest.locks });
  });

  it('P12: a lease of a task that the user may not watch is listed as a task, and no more', async () => {
    const { task } = gatedTask();
    const { connect, rowlock } = await rig({
      tasks: [task],
      authorize: ({ actor, action, task: asked }) => !(actor.id === 'bo' && action === 'watch' && asked),
    });
    await rowlock.tasks.launch(task, { ids: ['1'], gate: 'a' }, { actor: ann });
    const [annsTab, bosTab] = [await connect('ann'), await connect('bo')];
    expect(await annsTab.send('listLocks', { resource: 'cities' })).toMatchObject({
      locks: [{ lease: { holder: { label: 'Gated · 1' } }, task: { state: 'queued' } }],
    });
    const hidden = await bosTab.send('listLocks', { resource: 'cities' });
    expect(hidden).toMatchObject({ locks: [{ lease: { holder: { label: 'A task' } } }] });
    expect(JSON.stringify(hidden)).not.toContain('Gated');
  });
});
