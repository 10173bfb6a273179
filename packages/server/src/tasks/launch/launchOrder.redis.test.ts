/** The order in which tasks were launched: total, the same in every list, and independent of the clock. */
import type { LeaseSecret, TaskView } from '@rowlock/protocol';
import { until } from '@rowlock/test-utils';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { gatedTask, newNamespace, type Rig } from '../../../test/fixtures/rig.ts';
import { ann, reportingTask, useTasks } from '../../../test/fixtures/taskFixture.ts';
import { readEntry } from '../../changeLog/entry.ts';
import { defineTask } from '../definition/defineTask.ts';

const { rigOf, redisOf, reaches } = useTasks();

const HOUR_MS = 3_600_000;
const report = reportingTask();
const launchReport = (rig: Rig, id: string) =>
  rig.rowlock.tasks.launch(report, { ids: [id] }, { actor: ann }).then(({ task }) => task);

const orderOf = ({ launchOrder }: TaskView) => launchOrder;
const idOf = ({ id }: TaskView) => id;

/** All tasks of the list, newest first, read in pages. */
async function listed(rig: Rig, limit: number): Promise<TaskView[]> {
  const found: TaskView[] = [];
  let after: string | undefined;
  do {
    const page = await rig.rowlock.tasks.list({ limit, ...(after !== undefined && { after }) });
    found.push(...page.tasks);
    after = page.next;
  } while (after !== undefined);
  return found;
}

describe('the order of launches', () => {
  it('tasks of one millisecond are listed in the order in which Redis has created them, whatever the page size', async () => {
    const namespace = newNamespace();
    const rig = await rigOf({ namespace, tasks: [report] });
    const launched = await Promise.all(Array.from({ length: 120 }, (_, i) => launchReport(rig, String(i))));
    expect(new Set(launched.map(({ createdAt }) => createdAt)).size).toBeLessThan(120);
    const { redis, keys } = redisOf(namespace);
    const entries = (await redis.xrange(keys.log, '-', '+')).map(readEntry);
    const created = entries.flatMap((entry) => (entry?.kind === 'task' ? entry.taskId : []));
    for (const limit of [7, 20, 1_000]) {
      expect((await listed(rig, limit)).map(idOf).reverse()).toEqual(created);
    }
    expect([...launched].sort((a, b) => orderOf(a) - orderOf(b)).map(idOf)).toEqual(created);
  });

  it('the order of launches includes every way to launch a task', async () => {
    const { task: gated, gate } = gatedTask();
    const large = defineTask({
      name: 'large',
      input: z.object({}),
      records: () => Array.from({ length: 10_001 }, (_, i) => `cities/${i + 1_000}` as const),
      async run() {},
    });
    const parent = defineTask({
      name: 'parent',
      input: z.object({}),
      records: () => ['cities/500'],
      run: async (ctx) => (await ctx.launch(report, { ids: ['501'] })).id,
    });
    const rig = await rigOf({ tasks: [report, gated, large, parent] });
    const { tasks, startWorker, locks } = rig.rowlock;
    await startWorker({ concurrency: 4 });
    const open = gate('a');
    const inOneStep = await tasks.launch(gated, { ids: ['1'], gate: 'a' }, { actor: ann });
    const inParts = await tasks.launch(large, {}, { actor: ann });
    const waiting = await tasks.launch(report, { ids: ['1'] }, { actor: ann, onConflict: 'wait' });
    const waitingForNobody = await tasks.launch(report, { ids: ['2'] }, { actor: ann, onConflict: 'wait' });
    const holder = { type: 'person', id: 'tab', label: 'Edit', actor: ann } as const;
    const acquired = await locks.registry.acquire({ holder, records: ['cities/3'], ttlMs: 15_000 });
    const lease: LeaseSecret = { leaseId: acquired.id, secret: acquired.secret };
    const handedOver = await tasks.launch(report, { ids: ['3'] }, { actor: ann, lease });
    const here = await tasks.runOrLaunch(report, { ids: ['4'] }, { actor: ann });
    const family = await tasks.launch(parent, {}, { actor: ann });
    const childId = (await reaches(rig, family.task.id, 'completed')).result as string;
    await open.started;
    open.finish(new Error('Not now'));
    await reaches(rig, inOneStep.task.id, 'failed');
    const retried = await tasks.retry(inOneStep.task.id, { actor: ann, onConflict: 'wait' });

    const told = [inOneStep, inParts, waiting, waitingForNobody, handedOver, here, family].map(
      ({ task }) => task,
    );
    const child = await until(() => tasks.get(childId));
    const inOrder = [...told, child, retried.task];
    expect((await listed(rig, 4)).map(idOf).reverse()).toEqual(inOrder.map(idOf));
    const orders = inOrder.map(orderOf);
    expect(orders).toEqual([...new Set(orders)].sort((a, b) => a - b));
    for (const task of inOrder) expect((await tasks.get(task.id))?.launchOrder).toBe(task.launchOrder);
  });

  it('the order of launches continues after the last launch if the clock of Redis goes back', async () => {
    const namespace = newNamespace();
    const rig = await rigOf({ namespace, tasks: [report] });
    const { redis, keys } = redisOf(namespace);
    const before = await launchReport(rig, '1');
    // As if it had been launched while the clock was an hour ahead.
    await redis.zadd(keys.tasks, before.launchOrder + HOUR_MS * 1_000, before.id);
    const after = [await launchReport(rig, '2'), await launchReport(rig, '3')];
    expect((await listed(rig, 1)).map(idOf)).toEqual([after[1]!.id, after[0]!.id, before.id]);
    expect(after[1]!.createdAt).toBeLessThan(before.createdAt + HOUR_MS);
  });
});
