import { type StartedProcess, startProcess, until } from '@rowlock/test-utils';
import { describe, expect, it } from 'vitest';
import { endlessTask, quickTask } from '../../../test/fixtures/launcherProcess.ts';
import { newNamespace } from '../../../test/fixtures/rig.ts';
import { ann, useTasks } from '../../../test/fixtures/taskFixture.ts';

const { server, rigOf, reaches, closing } = useTasks();
const LAUNCHER = new URL('../../../test/fixtures/launcherProcess.ts', import.meta.url).pathname;

async function startLauncher(namespace: string, how: string): Promise<StartedProcess> {
  const started = await startProcess({
    command: process.execPath,
    args: ['--conditions=@rowlock/source', LAUNCHER],
    env: { REDIS_URL: server().url, NAMESPACE: namespace, HOW: how },
    readyLine: 'launcher ready',
  });
  closing(() => started.stop());
  return started;
}

/** Its message about a task. */
const taskIdFrom = (launcher: StartedProcess, word: string) =>
  until(() => new RegExp(`${word} (\\S+)`).exec(launcher.output())?.[1], { what: word, timeoutMs: 10_000 });

describe('a launcher that is killed', () => {
  it('P8: a launcher killed during runOrLaunch leaves a failed task with a reason, and free records', async () => {
    const namespace = newNamespace();
    const rig = await rigOf({ namespace, tasks: [quickTask, endlessTask] });
    const launcher = await startLauncher(namespace, 'here');
    const taskId = await taskIdFrom(launcher, 'runs');
    await launcher.kill('SIGKILL');
    const ended = await until(
      async () => {
        const task = await rig.rowlock.tasks.get(taskId);
        return task?.state === 'failed' ? task : undefined;
      },
      { what: 'the task to be settled', timeoutMs: 30_000 },
    );
    expect(ended.error).toBe('The process that ran it has crashed.');
    expect((await rig.rowlock.locks.check(['cities/0'])).held.size).toBe(0);
  }, 60_000);

  it('a killed launcher ends no wait: another process queues the task, and it runs', async () => {
    const namespace = newNamespace();
    const rig = await rigOf({ namespace, tasks: [quickTask, endlessTask] });
    const holder = await rig.rowlock.tasks.launch(endlessTask, { id: '0' }, { actor: ann });
    const launcher = await startLauncher(namespace, 'wait');
    const taskId = await taskIdFrom(launcher, 'waits');
    await launcher.kill('SIGKILL');
    expect(await rig.rowlock.tasks.get(taskId)).toMatchObject({ state: 'waiting', position: 1 });
    await rig.rowlock.tasks.cancel(holder.task.id, { actor: ann });
    await rig.rowlock.startWorker();
    await reaches(rig, taskId, 'completed');
  }, 40_000);

  it('a launcher killed between any two steps leaves one task for each key, once the keys are submitted again', async () => {
    const namespace = newNamespace();
    const rig = await rigOf({ namespace, tasks: [quickTask, endlessTask] });
    let next = 0;
    for (let round = 0; round < 3; round++) {
      const launcher = await startLauncher(namespace, 'keys');
      next += 20;
      await until(() => launcher.output().includes(`launched k${next}\n`), { timeoutMs: 20_000 });
      await launcher.kill('SIGKILL');
    }
    const keys = Array.from({ length: 200 }, (_, i) => i);
    const results = await rig.rowlock.tasks.launchMany(
      keys.map((i) => ({
        definition: quickTask,
        input: { id: `${i}` },
        options: { actor: ann, idempotencyKey: `k${i}` },
      })),
    );
    const ids = results.map((result) => ('task' in result ? result.task.id : String(result.error)));
    expect(new Set(ids).size).toBe(200);
    await rig.rowlock.startWorker({ concurrency: 10 });
    await until(
      async () => (await rig.rowlock.tasks.list({ states: ['completed'], limit: 1_000 })).tasks.length >= 200,
      {
        what: 'all tasks to be completed',
        timeoutMs: 30_000,
      },
    );
    const { tasks } = await rig.rowlock.tasks.list({ limit: 1_000 });
    expect(tasks.map(({ attempt }) => attempt)).toEqual(Array(tasks.length).fill(1));
    expect(tasks.filter(({ id }) => ids.includes(id))).toHaveLength(200);
    await until(async () => (await rig.rowlock.locks.list()).leases.length === 0);
  }, 90_000);
});
