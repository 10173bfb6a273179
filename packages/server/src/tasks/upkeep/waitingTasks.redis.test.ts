import { until } from '@rowlock/test-utils';
import { describe, expect, it } from 'vitest';
import { getConflicts } from '../../../test/fixtures/lockFixture.ts';
import { gatedTask, newNamespace, startRig } from '../../../test/fixtures/rig.ts';
import { scriptCommands } from '../../../test/fixtures/scriptCommands.ts';
import { ann, bo, reportingTask, useTasks } from '../../../test/fixtures/taskFixture.ts';
import { createWaitingStore } from '../store/waitingStore.ts';

const { server, rigOf, redisOf, queueOf, reaches } = useTasks();

const waiting = { actor: bo, onConflict: 'wait' as const };

/** A task that holds `cities/1`, and one that waits for it. */
async function oneWaits(options: { waitMs?: number; namespace?: string; delayMs?: number } = {}) {
  const { namespace = newNamespace(), ...launchOptions } = options;
  const { task: gated, gate } = gatedTask();
  const task = reportingTask();
  const tasks = [gated, task];
  const rig = await rigOf({ namespace, tasks });
  const holder = await rig.rowlock.tasks.launch(gated, { ids: ['1'], gate: 'a' }, { actor: ann });
  const launched = await rig.rowlock.tasks.launch(
    task,
    { ids: ['1', '2'] },
    { ...waiting, ...launchOptions },
  );
  return { namespace, rig, tasks, gated, gate, task, holder: holder.task, launched };
}

describe('a task that waits for its records', () => {
  it('a waiting task shows its position and its conflicts, holds nothing, and runs when it has its records', async () => {
    const { rig, holder, launched, task } = await oneWaits();
    expect(launched.task).toMatchObject({ state: 'waiting', position: 1, recordCount: 2 });
    expect(launched.conflicts).toMatchObject([{ records: ['cities/1'], task: { id: holder.id } }]);
    const second = await rig.rowlock.tasks.launch(task, { ids: ['1'] }, waiting);
    expect(second.task).toMatchObject({ state: 'waiting', position: 2 });
    await rig.rowlock.tasks.cancel(holder.id, { actor: ann });
    expect((await reaches(rig, launched.task.id, 'queued')).position).toBeUndefined();
    await until(async () => (await rig.rowlock.tasks.get(second.task.id))?.position === 1);
    await rig.rowlock.startWorker();
    await reaches(rig, launched.task.id, 'completed');
    await reaches(rig, second.task.id, 'completed');
  });

  it('a waiting task names the first 20 of many conflicts, holders before waiters, and counts all', async () => {
    const { rig, holder, task, launched } = await oneWaits();
    // On another row, and later than all others.
    const late = await rig.rowlock.tasks.launch(task, { ids: ['3'] }, { actor: ann });
    for (let i = 0; i < 29; i++) await rig.rowlock.tasks.launch(task, { ids: ['1'] }, waiting);
    const last = await rig.rowlock.tasks.launch(task, { ids: ['1', '3'] }, waiting);
    expect(last).toMatchObject({ task: { position: 31 }, conflictCount: 32 });
    const named = last.conflicts.map(({ task: of }) => of?.id);
    expect(named).toHaveLength(20);
    expect(named.slice(0, 3)).toEqual([holder.id, late.task.id, launched.task.id]);
    const refused = rig.rowlock.tasks.launch(task, { ids: ['1', '3'] }, { actor: bo });
    expect(await getConflicts(refused)).toHaveLength(33);
  });

  it('a waiting task costs the same to renew, and needs no search to join, however many wait', async () => {
    const { namespace, rig, task, launched } = await oneWaits();
    const { redis, keys } = redisOf(namespace);
    const inLine = /:(pending|blockedBy:\d+)$/;
    let last = launched;
    const joining = await scriptCommands(redis, inLine, async () => {
      for (let i = 0; i < 30; i++) last = await rig.rowlock.tasks.launch(task, { ids: ['1'] }, waiting);
    });
    expect(joining.length).toBeGreaterThan(0);
    expect(joining.filter(([command]) => /hkeys|hgetall/i.test(command!))).toEqual([]);
    await rig.close();
    const store = createWaitingStore(redis, keys);
    const wordsFor = async (taskId: string) => {
      const commands = await scriptCommands(redis, inLine, () => store.advance(taskId));
      return commands.flat().length;
    };
    const front = await wordsFor(launched.task.id);
    expect(front).toBeGreaterThan(0);
    expect(await wordsFor(last.task.id)).toBe(front);
  });

  it('a waiting task is queued by the log entry of the release, even if another process has all rounds', async () => {
    const { namespace, rig, holder, launched } = await oneWaits();
    const { redis, keys } = redisOf(namespace);
    const looks = setInterval(() => redis.incr(`${keys.prefix}waitingRounds`), 20);
    try {
      await rig.rowlock.tasks.cancel(holder.id, { actor: ann });
      await reaches(rig, launched.task.id, 'queued');
    } finally {
      clearInterval(looks);
    }
  });

  it('a task that could wait is queued at once if its records are free', async () => {
    const task = reportingTask();
    const { rowlock } = await rigOf({ tasks: [task] });
    const launched = await rowlock.tasks.launch(task, { ids: ['1'] }, waiting);
    expect(launched.task.state).toBe('queued');
  });

  it('any other process renews a waiting task beyond the TTL of its position if its launcher crashed', async () => {
    const { namespace, rig, tasks, gate } = await oneWaits();
    const launcher = await startRig(server(), { namespace, tasks });
    const task = tasks[1] as ReturnType<typeof reportingTask>;
    const launched = await launcher.rowlock.tasks.launch(task, { ids: ['1'] }, waiting);
    await launcher.close();
    const gateA = gate('a');
    await rig.rowlock.startWorker();
    await gateA.started;
    // The heartbeats that kept the position are the other process's.
    const untilMs = performance.now() + 12_000;
    const state = async () => (await rig.rowlock.tasks.get(launched.task.id))?.state;
    await until(async () => (await state()) !== 'waiting' || performance.now() > untilMs, {
      timeoutMs: 15_000,
    });
    expect(await state()).toBe('waiting');
    gateA.finish();
    await reaches(rig, launched.task.id, 'completed');
  }, 40_000);

  it('a waiting task is one task and one job even if many processes advance it at once', async () => {
    const { namespace, rig, tasks, holder, launched } = await oneWaits();
    const others = await Promise.all(Array.from({ length: 4 }, () => rigOf({ namespace, tasks })));
    await rig.rowlock.tasks.cancel(holder.id, { actor: ann });
    await reaches(rig, launched.task.id, 'queued');
    expect(await queueOf(namespace).getJobCountByTypes('waiting', 'delayed', 'active')).toBe(1);
    await Promise.all(others.map((other) => other.rowlock.startWorker()));
    expect(await reaches(rig, launched.task.id, 'completed')).toMatchObject({ attempt: 1 });
    const { redis, keys } = redisOf(namespace);
    expect(await redis.smembers(keys.waitingTasks)).toEqual([]);
  });

  it('a waiting task is renewed once a second, however many processes there are', async () => {
    const { namespace, tasks } = await oneWaits();
    await Promise.all(Array.from({ length: 4 }, () => rigOf({ namespace, tasks })));
    const { redis, keys } = redisOf(namespace);
    const rounds = async () => Number(await redis.get(`${keys.prefix}waitingRounds`));
    // Each has had the round with which it begins.
    const [before, startedMs] = [await rounds(), performance.now()];
    await until(async () => (await rounds()) >= before + 5, { timeoutMs: 20_000 });
    // Five processes that each looked once a second would be there after one.
    expect(performance.now() - startedMs).toBeGreaterThan(2_500);
  }, 30_000);

  it('a waiting task that got its records during an outage is queued by the next round', async () => {
    const namespace = newNamespace();
    const { task: gated } = gatedTask();
    const task = reportingTask();
    const tasks = [gated, task];
    const first = await startRig(server(), { namespace, tasks });
    const holder = await first.rowlock.tasks.launch(gated, { ids: ['1'], gate: 'a' }, { actor: ann });
    const launched = await first.rowlock.tasks.launch(task, { ids: ['1'] }, waiting);
    const { redis, keys } = redisOf(namespace);
    await first.close();
    // A process that only releases: it follows no log and advances no tasks.
    const { createLockRegistry } = await import('../../locks/registry/registry.ts');
    const leaseId = holder.task.leaseId;
    const heartbeat = Number(await redis.hget(keys.heartbeats, leaseId));
    await createLockRegistry({ redis, namespace }).expire(leaseId, heartbeat, 'vanished');
    expect(await redis.hexists(keys.heartbeats, launched.task.leaseId)).toBe(1);
    const rig = await rigOf({ namespace, tasks });
    await reaches(rig, launched.task.id, 'queued');
  });

  it('a waiting task fails with a reason after waitMs, and leaves the wait list', async () => {
    const { rig, launched } = await oneWaits({ waitMs: 300 });
    const ended = await reaches(rig, launched.task.id, 'failed');
    expect(ended.error).toBe('Its records did not become free within the time that it was to wait.');
    expect((await rig.rowlock.locks.listHolders(['cities/1'])).get('cities/1')).toHaveLength(1);
  });

  it('a waiting task is cancelled at once, and leaves the wait list', async () => {
    const { rig, launched } = await oneWaits();
    const cancelled = await rig.rowlock.tasks.cancel(launched.task.id, { actor: bo });
    expect(cancelled.state).toBe('cancelled');
    expect((await rig.rowlock.locks.listHolders(['cities/1'])).get('cities/1')).toHaveLength(1);
  });

  it('P8: a waiting task whose position was lost fails with a reason', async () => {
    const { namespace, rig, launched } = await oneWaits();
    const { redis, keys } = redisOf(namespace);
    const { createLockRegistry } = await import('../../locks/registry/registry.ts');
    const registry = createLockRegistry({ redis, namespace });
    const { leaseId } = launched.task;
    await until(async () => registry.expire(leaseId, (await redis.hget(keys.pending, leaseId))!, 'expired'));
    const ended = await reaches(rig, launched.task.id, 'failed');
    expect(ended.error).toContain('Its position in the wait list was lost');
  });

  it('the delay of a waiting task starts at its launch, whenever it gets its records', async () => {
    const { namespace, rig, holder, launched } = await oneWaits({ delayMs: 600_000 });
    expect(launched.task.notBefore).toBe(launched.task.createdAt + 600_000);
    await rig.rowlock.tasks.cancel(holder.id, { actor: ann });
    await reaches(rig, launched.task.id, 'queued');
    const job = await queueOf(namespace).getJob(launched.task.id);
    expect(job?.opts.delay).toBeGreaterThan(500_000);
    expect(job?.opts.delay).toBeLessThan(600_000);
  });

  it('a waiting task and its position are sent to watchers of tasks', async () => {
    const { rig, holder, launched } = await oneWaits();
    const client = await rig.connect('ann');
    const view = await client.send('watch', { tasks: 'all' });
    expect(view).toMatchObject({ ok: true });
    const seen = () =>
      client.changes.flatMap((change) => change.tasks).filter(({ id }) => id === launched.task.id);
    await rig.rowlock.tasks.cancel(holder.id, { actor: ann });
    await until(() => seen().some(({ state }) => state === 'queued'));
  });
});
