import type { LeaseSecret, RecordKey } from '@rowlock/protocol';
import { until } from '@rowlock/test-utils';
import { describe, expect, it } from 'vitest';
import { leaseOf } from '../../../test/fixtures/gatewayFixture.ts';
import { gatedTask, newNamespace, type Rig } from '../../../test/fixtures/rig.ts';
import { ann, bo, reportingTask, useTasks } from '../../../test/fixtures/taskFixture.ts';
import { readEntry } from '../../changeLog/entry.ts';
import { ConflictError, LeaseLostError } from '../../errors.ts';

const { rigOf, redisOf, reaches } = useTasks();

/** A lease as an edit form has it. */
async function formLease(
  rig: Rig,
  records: readonly RecordKey[],
  actor = ann,
  mode: 'exclusive' | 'shared' = 'exclusive',
) {
  const holder = { type: 'person', id: `tab-${actor.id}`, label: 'Edit', actor } as const;
  const acquired = await rig.rowlock.locks.registry.acquire({ holder, records, mode, ttlMs: 15_000 });
  return { leaseId: acquired.id, secret: acquired.secret } satisfies LeaseSecret;
}

const isValid = (rig: Rig, leaseSecret: LeaseSecret) =>
  rig.rowlock.locks.registry.renew(leaseSecret).then(
    () => true,
    () => false,
  );

describe("a person's lease", () => {
  it("a person's lease is transferred without a gap, with its records and missing ones, and ends with the task", async () => {
    const namespace = newNamespace();
    const task = reportingTask();
    const rig = await rigOf({ namespace, tasks: [task] });
    const lease = await formLease(rig, ['cities/1', 'cities/2']);
    const { task: launched } = await rig.rowlock.tasks.launch(
      task,
      { ids: ['1', '3'] },
      { actor: ann, lease },
    );
    expect(launched).toMatchObject({ leaseId: lease.leaseId, recordCount: 3, state: 'queued' });
    const holders = await rig.rowlock.locks.listHolders(['cities/2']);
    expect(holders.get('cities/2')).toMatchObject([{ lease: { holder: { type: 'task', id: launched.id } } }]);
    expect(await isValid(rig, lease)).toBe(false);
    await rig.rowlock.startWorker();
    expect((await reaches(rig, launched.id, 'completed')).result).toEqual({
      records: ['cities/1', 'cities/2', 'cities/3'],
    });
    expect((await rig.rowlock.locks.check(['cities/1', 'cities/2', 'cities/3'])).held.size).toBe(0);
    const { redis, keys } = redisOf(namespace);
    const kinds = (await redis.xrange(keys.log, '-', '+')).map((raw) => readEntry(raw)?.kind);
    expect(kinds.indexOf('transferred')).toBe(kinds.indexOf('task') - 1);
    expect(kinds.filter((kind) => kind === 'released')).toHaveLength(1);
  });

  it('a person keeps the lease unchanged if somebody else holds missing records', async () => {
    const { task: gated } = gatedTask();
    const task = reportingTask();
    const rig = await rigOf({ tasks: [gated, task] });
    await rig.rowlock.tasks.launch(gated, { ids: ['3'], gate: 'a' }, { actor: bo });
    const lease = await formLease(rig, ['cities/1']);
    const launch = rig.rowlock.tasks.launch(task, { ids: ['1', '2', '3'] }, { actor: ann, lease });
    await expect(launch).rejects.toBeInstanceOf(ConflictError);
    expect(await isValid(rig, lease)).toBe(true);
    expect((await rig.rowlock.locks.check(['cities/2'])).held.size).toBe(0);
  });

  it('a person gets the lease back, under the same secret, if the job cannot be queued', async () => {
    const namespace = newNamespace();
    const task = reportingTask();
    const rig = await rigOf({ namespace, tasks: [task] });
    const lease = await formLease(rig, ['cities/1']);
    const { redis, keys } = redisOf(namespace);
    await redis.set(`${keys.bullPrefix}:tasks:wait`, 'no list');
    const options = { actor: ann, lease, idempotencyKey: 'k' };
    await expect(rig.rowlock.tasks.launch(task, { ids: ['1', '2'] }, options)).rejects.toThrow('WRONGTYPE');
    expect(await isValid(rig, lease)).toBe(true);
    expect(await redis.hmget(keys.lease(lease.leaseId), 'ttl', 'expiry', 'count')).toEqual([
      '15000',
      'heartbeat',
      '1',
    ]);
    expect((await rig.rowlock.locks.check(['cities/2'])).held.size).toBe(0);
    expect((await rig.rowlock.tasks.list()).tasks).toMatchObject([{ state: 'failed' }]);
    await redis.del(`${keys.bullPrefix}:tasks:wait`);
    expect((await rig.rowlock.tasks.launch(task, { ids: ['1', '2'] }, options)).task.state).toBe('queued');
  });

  it("a person's lease is not transferred by others or after it is lost, and is unchanged", async () => {
    const task = reportingTask();
    const rig = await rigOf({ tasks: [task] });
    const lease = await formLease(rig, ['cities/1']);
    const launch = (leaseSecret: LeaseSecret, actor = ann) =>
      rig.rowlock.tasks.launch(task, { ids: ['1', '2'] }, { actor, lease: leaseSecret });
    await expect(launch(lease, bo)).rejects.toMatchObject({ code: 'forbidden' });
    await expect(launch({ ...lease, secret: 'f'.repeat(24) })).rejects.toBeInstanceOf(LeaseLostError);
    expect(await isValid(rig, lease)).toBe(true);
    expect((await rig.rowlock.locks.check(['cities/2'])).held.size).toBe(0);
    const { task: launched } = await launch(lease);
    await expect(launch(lease)).rejects.toBeInstanceOf(LeaseLostError);
    expect((await rig.rowlock.tasks.get(launched.id))?.state).toBe('queued');
  });

  it('a shared lease is not transferred to an exclusive task, and keeps all of its records', async () => {
    const task = reportingTask();
    const rig = await rigOf({ tasks: [task] });
    const lease = await formLease(rig, ['cities/1'], ann, 'shared');
    const launch = rig.rowlock.tasks.launch(task, { ids: ['1', '2'] }, { actor: ann, lease });
    await expect(launch).rejects.toThrow('is shared');
    expect(await isValid(rig, lease)).toBe(true);
    expect((await rig.rowlock.locks.check(['cities/1', 'cities/2'])).held.size).toBe(1);
  });

  it('a lease that is transferred with skip gets the free ones of the missing records', async () => {
    const { task: gated } = gatedTask();
    const task = reportingTask({ supportsPartial: true });
    const rig = await rigOf({ tasks: [gated, task] });
    await rig.rowlock.tasks.launch(gated, { ids: ['3'], gate: 'a' }, { actor: bo });
    const lease = await formLease(rig, ['cities/1']);
    const launched = await rig.rowlock.tasks.launch(
      task,
      { ids: ['1', '2', '3'] },
      { actor: ann, lease, onConflict: 'skip' },
    );
    expect(launched).toMatchObject({ skipped: ['cities/3'], task: { recordCount: 2 } });
  });

  it('a tab whose lease is transferred learns the new holder', async () => {
    const task = reportingTask();
    const rig = await rigOf({ tasks: [task] });
    const tab = await rig.connect('ann');
    const ack = await tab.send('acquire', { records: ['cities/1'] });
    const { id: leaseId, secret } = leaseOf(ack);
    const lease = { leaseId, secret };
    await rig.rowlock.tasks.launch(task, { ids: ['1'] }, { actor: { id: 'ann', name: 'ann' }, lease });
    await until(() => tab.lost.length > 0, { timeoutMs: 5_000 });
    expect(tab.lost).toEqual([{ leaseId: lease.leaseId, reason: 'transferred' }]);
  });
});
