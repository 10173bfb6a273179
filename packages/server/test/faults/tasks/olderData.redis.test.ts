import { startRedis, until } from '@rowlock/test-utils';
import { Redis } from 'ioredis';
import { afterEach, describe, expect, it } from 'vitest';
import type { TaskEvent } from '../../../src/subscribers/subscriber.ts';
import { gatedTask, startRig } from '../../fixtures/rig.ts';
import { ann } from '../../fixtures/taskFixture.ts';

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

/** Two delayed tasks, and a Redis that restarts with its last saved data. */
async function open() {
  const server = await startRedis({ args: ['--save', '3600 100000000'] });
  closing.push(() => server.stop());
  const events: TaskEvent[] = [];
  const { task } = gatedTask();
  const rig = await startRig(server, {
    tasks: [task],
    recovery: { graceMs: 100 },
    subscribers: { table: { onTask: (event) => void events.push(event) } },
  });
  closing.push(() => rig.close());
  const { tasks } = rig.rowlock;
  const launch = async (id: string) =>
    (await tasks.launch(task, { ids: [id], gate: 'none' }, { actor: ann, delayMs: 600_000 })).task.id;
  const ids = [await launch('1'), await launch('2')] as const;
  const save = async () => {
    const redis = new Redis(server.url);
    await redis.save();
    redis.disconnect();
  };
  const restart = async () => {
    await server.kill();
    await server.restart();
  };
  const get = async (id: string) => {
    const view = await tasks.get(id);
    if (!view) throw new Error(`There is no task ${id}.`);
    return view;
  };
  return { rig, tasks, ids, events, save, restart, get };
}

const answered = <T>(ask: () => Promise<T>) =>
  until(() => ask().catch(() => undefined), { what: 'Redis to answer again', timeoutMs: 10_000 });

describe('Redis restarts with older data', () => {
  it('P10: a task that lost its end and an unchanged one have higher versions after a restart with older data', async () => {
    const { rig, tasks, ids, save, restart, get } = await open();
    const [cancelled, untouched] = ids;
    const bo = await rig.connect('bo');
    await bo.send('watch', { tasks: [...ids] });
    await save();
    await tasks.cancel(cancelled, { actor: ann });
    const before = [await get(cancelled), await get(untouched)] as const;
    expect(before[0].state).toBe('cancelled');

    bo.certainty.length = 0;
    await restart();
    await until(() => bo.certainty.at(-1) === true, { what: 'certainty again', timeoutMs: 10_000 });
    const after = [await get(cancelled), await get(untouched)] as const;
    expect(after.map(({ state }) => state)).toEqual(['queued', 'queued']);
    expect(after[0].version).toBeGreaterThan(before[0].version);
    expect(after[1].version).toBeGreaterThan(before[1].version);
    // A tab that keeps the newest version of each task shows what Redis holds.
    const shown = (id: string) =>
      bo.changes
        .flatMap((view) => view.tasks)
        .filter((task) => task.id === id)
        .reduce((newest, task) => (task.version >= newest.version ? task : newest)).state;
    expect(ids.map(shown)).toEqual(['queued', 'queued']);
  }, 30_000);

  it('P10: a subscriber gets the new end of a task with a version above all earlier ones', async () => {
    const { tasks, ids, events, save, restart, get } = await open();
    const [id] = ids;
    await save();
    await tasks.cancel(id, { actor: ann });
    const ends = () => events.filter((event) => event.taskId === id && event.kind === 'cancelled');
    await until(() => ends().length === 1, { what: 'the first end' });
    const first = ends()[0]!.version!;

    await restart();
    expect((await answered(() => get(id))).state).toBe('queued');
    await answered(() => tasks.cancel(id, { actor: ann }));
    // A cancel before the new epoch is reported twice. Its entry may have an old version. The version that follows the gap
    // is above all earlier ones.
    const newest = () => Math.max(...ends().map(({ version }) => version!));
    await until(() => newest() > first, { what: 'an end with a higher version', timeoutMs: 10_000 });
  }, 30_000);
});
