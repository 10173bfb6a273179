/** Attempts that end without a word, counted by task: what counts as one, what does not, and what comes of it. */
import { until } from '@rowlock/test-utils';
import { describe, expect, it } from 'vitest';
import { gatedTask, newNamespace } from '../../../test/fixtures/rig.ts';
import { ann, reportingTask, useTasks } from '../../../test/fixtures/taskFixture.ts';
import { LeaseLostError } from '../../errors.ts';
import { type AttemptSecret, createAttemptStore } from '../store/attemptStore.ts';

const { rigOf, redisOf, queueOf, reaches } = useTasks();

/** A task that nobody works on but the test: each start is that of the next worker. */
async function launchOne() {
  const namespace = newNamespace();
  const task = reportingTask();
  const rig = await rigOf({ namespace, tasks: [task] });
  const { task: launched } = await rig.rowlock.tasks.launch(task, { ids: ['1'] }, { actor: ann });
  const { redis, keys } = redisOf(namespace);
  const attempts = createAttemptStore(redis, keys);
  let starts = 0;
  const start = (isAlone = false) =>
    attempts.start(launched.id, ++starts, `secret-of-start-${starts}`, isAlone);
  async function crash(isAlone = false): Promise<AttemptSecret> {
    const begun = await start(isAlone);
    if (begun.kind !== 'started') throw new Error(`The attempt is ${begun.kind}.`);
    return begun.started.secret;
  }
  return { rig, attempts, start, crash, get: async () => (await rig.rowlock.tasks.get(launched.id))! };
}
const progress = { done: 0, total: null };

describe('a task whose workers crash', () => {
  it('a task runs beside others after one crash, and only alone after the second', async () => {
    const { start, crash, get } = await launchOne();
    await crash();
    await crash();
    expect(await start()).toEqual({ kind: 'suspect' });
    expect(await get()).toMatchObject({
      state: 'retrying',
      attempt: 2,
      error: 'Its worker crashed or hung.',
    });
    // Asked again, it has crashed no more often.
    expect(await start()).toEqual({ kind: 'suspect' });
    expect(await start(true)).toMatchObject({ kind: 'started', started: { attempt: 3 } });
  });

  it('P10: a task fails with a reason after the fifth crash in a row, and its rows are free', async () => {
    const { rig, start, crash, get } = await launchOne();
    for (const isAlone of [false, false, true, true, true]) await crash(isAlone);
    const error = expect.stringMatching(
      /^Its worker crashed or hung 5 times in a row.* Look for the cause in the log/,
    );
    expect(await start()).toEqual({ kind: 'over', state: 'failed', error });
    expect(await get()).toMatchObject({ state: 'failed', attempt: 5, error });
    expect((await rig.rowlock.locks.check(['cities/1'])).held.size).toBe(0);
  });

  it('a crash count is reset by an attempt that stores its end', async () => {
    const { attempts, start, crash } = await launchOne();
    await crash();
    await crash();
    const secret = await crash(true);
    expect(await attempts.retry(secret, 'Flaky', progress)).toBe('retrying');
    expect(await start()).toMatchObject({ kind: 'started' });
  });

  it('P4: an attempt that had only hung may not act, even while the task waits to run alone', async () => {
    const { rig, attempts, start, crash } = await launchOne();
    await crash();
    const hung = await crash();
    expect(await start()).toEqual({ kind: 'suspect' });
    expect(await attempts.heartbeat(hung, { progress })).toBe('lost');
    expect(await attempts.end(hung, { state: 'completed', progress })).toBe(false);
    await expect(rig.rowlock.locks.registry.renew(hung)).rejects.toBeInstanceOf(LeaseLostError);
  });
});

describe('a worker that only loses its job', () => {
  it('a worker that only loses its job stores that, and the crash is not counted', async () => {
    const namespace = newNamespace();
    const { task, gate } = gatedTask();
    const rig = await rigOf({ namespace, tasks: [task] });
    await rig.rowlock.startWorker();
    const gates = [gate('a'), gate('a')];
    const { task: launched } = await rig.rowlock.tasks.launch(
      task,
      { ids: ['1'], gate: 'a' },
      { actor: ann },
    );
    await gates[0]!.started;
    const { redis, keys } = redisOf(namespace);
    // As after a Redis that has lost it: the queue takes the job away, and gives it to the next worker.
    expect(await redis.del(`${queueOf(namespace).toKey(launched.id)}:lock`)).toBe(1);
    await until(() => gates[1]!.started, { timeoutMs: 20_000 });
    expect(await rig.rowlock.tasks.get(launched.id)).toMatchObject({ state: 'running', attempt: 2 });
    expect(Number(await redis.hget(keys.task(launched.id), 'crashes'))).toBe(0);
    gates[1]!.finish();
    await reaches(rig, launched.id, 'completed');
  }, 60_000);
});

describe('a worker that crashes with several tasks', () => {
  it('a worker runs tasks one after the other if workers crashed with them before', async () => {
    const namespace = newNamespace();
    const { task, gate } = gatedTask();
    const rig = await rigOf({ namespace, tasks: [task] });
    const gates = [gate('a'), gate('b'), gate('c')];
    const launched: string[] = [];
    for (const [i, name] of ['a', 'b', 'c'].entries()) {
      launched.push(
        (await rig.rowlock.tasks.launch(task, { ids: [`${i}`], gate: name }, { actor: ann })).task.id,
      );
    }
    const { redis, keys } = redisOf(namespace);
    // The crash counts of the first two tasks after two crashes.
    for (const id of launched.slice(0, 2))
      await redis.hset(keys.task(id), 'crashes', 2, 'attempt', 2, 'state', 'retrying');
    await rig.rowlock.startWorker({ concurrency: 3 });
    const states = async () =>
      Promise.all(launched.map(async (id) => (await rig.rowlock.tasks.get(id))!.state));
    const first = await Promise.race(gates.map(({ started }, i) => started.then(() => i)));
    gates[first]!.finish();
    await reaches(rig, launched[first]!, 'completed');
    const rest = [0, 1, 2].filter((i) => i !== first);
    const second = await Promise.race(rest.map((i) => gates[i]!.started.then(() => i)));
    expect((await states()).filter((state) => state === 'running')).toHaveLength(1);
    gates[second]!.finish();
    const third = rest.find((i) => i !== second)!;
    await gates[third]!.started;
    gates[third]!.finish();
    for (const id of launched) await reaches(rig, id, 'completed');
  }, 60_000);
});
