/** A launch: what it holds, when it is refused, and what it leaves then. */
import { startRedis, until } from '@rowlock/test-utils';
import { describe, expect, it } from 'vitest';
import { useGatedTasks } from '../../../test/fixtures/gatedRig.ts';
import { gatedTask, newNamespace, startRig } from '../../../test/fixtures/rig.ts';
import { ann, bo } from '../../../test/fixtures/taskFixture.ts';
import { createRowlock } from '../../createRowlock.ts';
import { ConflictError } from '../../errors.ts';
import { QUEUE_NAME } from '../store/queue.ts';

const { server, gatedRig, redisOf } = useGatedTasks();

describe('launch', () => {
  it('a launch holds the records from before it is queued until its end', async () => {
    const { tasks, task, gate, reaches, held } = await gatedRig();
    const gateA = gate('a');
    const launched = await tasks.launch(task, { ids: ['1', '2'], gate: 'a' }, { actor: ann });
    expect(launched.task).toMatchObject({ state: 'queued', label: 'Gated · 2', recordCount: 2, actor: ann });
    await gateA.started;
    expect(await held('1', '2')).toBe(2);
    gateA.finish();
    await reaches(launched.task.id, 'completed');
    expect(await held('1', '2')).toBe(0);
    expect(await tasks.get(launched.task.id)).toMatchObject({
      result: { changed: 2 },
      progress: { done: 2, total: 2 },
    });
  });

  it('P3: a launch is refused with the live progress of the blocking task', async () => {
    const { tasks, task, gate } = await gatedRig();
    const gateA = gate('a');
    const first = await tasks.launch(task, { ids: ['1', '2'], gate: 'a' }, { actor: ann });
    await gateA.started;
    await until(async () => (await tasks.get(first.task.id))?.progress.done === 1);
    const refusal = await tasks
      .launch(task, { ids: ['2', '3'], gate: 'b' }, { actor: bo })
      .catch((error) => error);
    expect(refusal).toBeInstanceOf(ConflictError);
    expect((refusal as ConflictError).conflicts).toMatchObject([
      {
        recordCount: 1,
        records: ['cities/2'],
        lease: { holder: { type: 'task', id: first.task.id, label: 'Gated · 2', actor: ann } },
        task: { state: 'running', progress: { done: 1, total: 2 } },
      },
    ]);
    gateA.finish();
  });

  it('a launch with malformed input, an unknown resource or an empty selection is refused, and leaves nothing', async () => {
    const { tasks, task } = await gatedRig({ work: false });
    const launch = (input: unknown) =>
      tasks.launch(task, input as { ids: string[]; gate: string }, { actor: ann });
    await expect(launch({ ids: 'all' })).rejects.toThrow('The input of "gated" is malformed at "ids"');
    await expect(launch({ ids: [], gate: '' })).rejects.toThrow('there is nothing to do');
    expect(await tasks.list()).toEqual({ tasks: [] });
  });

  it('P2: a launch leaves no lock if the queue refuses its job', async () => {
    const namespace = newNamespace();
    const { tasks, task, held } = await gatedRig({ work: false, namespace });
    const { redis, keys } = redisOf(namespace);
    await redis.set(`${keys.bullPrefix}:${QUEUE_NAME}:wait`, 'no list');
    await expect(tasks.launch(task, { ids: ['1'], gate: 'a' }, { actor: ann })).rejects.toThrow('WRONGTYPE');
    expect(await held('1')).toBe(0);
    expect((await tasks.list()).tasks).toMatchObject([
      { state: 'failed', error: 'It could not be put into the queue.' },
    ]);
  });

  it('a launch may be called as soon as the server is ready', async () => {
    const { task } = gatedTask();
    for (let i = 0; i < 20; i++) {
      const rowlock = createRowlock({
        redis: server().url,
        namespace: newNamespace(),
        resources: ['cities'],
        tasks: [task],
        auth: {
          authenticate: () => null,
          authorize: () => true,
        },
      });
      await rowlock.start();
      await rowlock.tasks.launch(task, { ids: ['1'], gate: 'a' }, { actor: ann });
      await rowlock.close();
    }
  });

  it('P11: a launch is refused if Redis cannot be reached', async () => {
    const own = await startRedis();
    const { task } = gatedTask();
    const rig = await startRig(own, { tasks: [task] });
    await own.kill();
    await expect(rig.rowlock.tasks.launch(task, { ids: ['1'], gate: 'a' }, { actor: ann })).rejects.toThrow(
      'Redis cannot be reached',
    );
    await own.restart();
    await until(() => rig.rowlock.locks.check(['cities/1']));
    expect((await rig.rowlock.locks.check(['cities/1'])).held.size).toBe(0);
    await rig.close();
    await own.stop();
  });
});
