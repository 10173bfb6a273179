import { until } from '@rowlock/test-utils';
import { describe, expect, it } from 'vitest';
import { acquire, gatewayFixture, sees, watch } from '../../../test/fixtures/gatewayFixture.ts';
import { gatedTask, leasesOn, newNamespace } from '../../../test/fixtures/rig.ts';

const { rig } = gatewayFixture();

describe('watching', () => {
  it('watching sends the holders first, and then every change, only to watchers', async () => {
    const { connect } = await rig();
    const [ann, bo, other] = [await connect('ann'), await connect('bo'), await connect('chen')];
    const held = await acquire(ann, 'cities/1', 'cities/2');
    const view = await watch(bo, 'cities/2', 'cities/3');
    expect(view.records).toEqual({ 'cities/2': [held.leaseId], 'cities/3': [] });
    expect(view.leases).toMatchObject([
      { id: held.leaseId, holder: { type: 'person', label: 'Edit', actor: { id: 'ann' } }, recordCount: 2 },
    ]);
    await watch(other, 'cities/9');

    await ann.send('release', held);
    await sees(bo, 'cities/2', 0);
    await acquire(ann, 'cities/3');
    await sees(bo, 'cities/3', 1);
    expect(other.changes).toEqual([]);
  });

  it('watching sends one message for a lease over thousands of records, with only the watched records', async () => {
    const { connect, rowlock } = await rig();
    const bo = await connect('bo');
    await watch(bo, 'cities/5', 'cities/6', 'cities/7');
    const records = Array.from({ length: 10_000 }, (_, i) => `cities/${i}` as const);
    const holder = { type: 'person', id: 'x', label: 'Bulk', actor: { id: 'ann', name: 'Ann' } } as const;
    const lease = await rowlock.locks.acquire({ holder, records });
    await sees(bo, 'cities/5', 1);
    expect(bo.changes).toHaveLength(1);
    expect(Object.keys(bo.changes[0]!.records)).toEqual(['cities/5', 'cities/6', 'cities/7']);
    await lease.release();
    await sees(bo, 'cities/5', 0);
    expect(bo.changes).toHaveLength(2);
  });

  it('watching misses nothing of a lease that is acquired while the snapshot is read', async () => {
    const { connect } = await rig();
    const [ann, bo] = [await connect('ann'), await connect('bo')];
    for (let round = 0; round < 30; round++) {
      const key = `cities/${round}` as const;
      const [view, lease] = await Promise.all([watch(bo, key), acquire(ann, key)]);
      await until(() => (leasesOn(bo, key) ?? view.records[key])?.includes(lease.leaseId), {
        what: `round ${round}`,
      });
    }
  });

  it('watch and unwatch messages take effect in order, even if the client does not await the answers', async () => {
    const { connect } = await rig({
      authorize: async ({ action }) => {
        if (action === 'watch') await new Promise((resolve) => setImmediate(resolve));
        return true;
      },
    });
    const [ann, bo] = [await connect('ann'), await connect('bo')];
    await Promise.all([watch(bo, 'cities/1', 'cities/2'), bo.send('unwatch', { records: ['cities/1'] })]);
    await acquire(ann, 'cities/1', 'cities/2');
    await sees(bo, 'cities/2', 1);
    expect(leasesOn(bo, 'cities/1')).toBeUndefined();
  });

  it('watching works across servers: two gateways of one namespace send the same', async () => {
    const namespace = newNamespace();
    const [here, there] = [await rig({ namespace }), await rig({ namespace })];
    const [ann, bo] = [await here.connect('ann'), await there.connect('bo')];
    await watch(bo, 'cities/1');
    const lease = await acquire(ann, 'cities/1');
    await sees(bo, 'cities/1', 1);
    await ann.send('release', lease);
    await sees(bo, 'cities/1', 0);
  });

  it('watching a record shows the task that holds it, its progress and its end', async () => {
    const { task, gate } = gatedTask();
    const { connect, rowlock } = await rig({ tasks: [task] });
    const bo = await connect('bo');
    await watch(bo, 'cities/2');
    const gateA = gate('a');
    await rowlock.startWorker();
    const { task: launched } = await rowlock.tasks.launch(
      task,
      { ids: ['1', '2'], gate: 'a' },
      { actor: { id: 'ann', name: 'Ann' } },
    );
    const told = () => bo.changes.flatMap((view) => view.tasks).findLast(({ id }) => id === launched.id);
    await until(() => told()?.progress.done === 1, { what: 'the first progress' });
    expect(leasesOn(bo, 'cities/2')).toEqual([launched.leaseId]);
    gateA.finish();
    await until(() => told()?.state === 'completed', { what: 'the end' });
    await sees(bo, 'cities/2', 0);
    // The end of the task is never sent after its free records: a screen would show a gap.
    const ended = bo.changes.findIndex((view) => view.tasks.some(({ state }) => state === 'completed'));
    const freed = bo.changes.findIndex((view) => view.records['cities/2']?.length === 0);
    expect(ended).toBeLessThanOrEqual(freed);
  });
});

describe('a lock on what is above a watched record', () => {
  const hierarchy = {
    cities: {
      under: ['regions'],
      getAncestors: (ids: readonly string[]) => ids.map(() => ['regions/A'] as const),
    },
  };
  const holder = { type: 'task', id: 'x', label: 'Move region', actor: { id: 'bo', name: 'Bo' } } as const;

  it('a lock on an ancestor is seen by watchers who began before it and after it', async () => {
    const { connect, rowlock } = await rig({ hierarchy });
    const ann = await connect('ann');
    await watch(ann, 'cities/1');
    const lease = await rowlock.locks.acquire({ holder, records: ['regions/A'], scope: 'subtree' });
    await sees(ann, 'cities/1', 1);
    const cy = await connect('cy');
    const ack = await cy.send('watch', { records: ['cities/1'] });
    expect(ack).toMatchObject({ ok: true, records: { 'cities/1': [lease.id] } });
    await lease.release();
    await sees(ann, 'cities/1', 0);
    await sees(cy, 'cities/1', 0);
  });

  it('a lock on the whole resource is seen by a watcher of one record', async () => {
    const { connect, rowlock } = await rig();
    const ann = await connect('ann');
    await watch(ann, 'cities/1');
    const lease = await rowlock.locks.acquire({ holder, records: ['cities/*'] });
    await sees(ann, 'cities/1', 1);
    await lease.release();
    await sees(ann, 'cities/1', 0);
  });
});
