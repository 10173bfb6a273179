/** Scripts whose answers are lost: a repetition has the same answer, or the script is undone. */
import { describe, expect, it } from 'vitest';
import { newNamespace, startRig } from '../../../test/fixtures/rig.ts';
import { ann, reportingTask, useTasks } from '../../../test/fixtures/taskFixture.ts';
import { systemClock } from '../../clock.ts';
import { UnavailableError } from '../../errors.ts';
import { openRegistry } from '../../locks/registry/registry.ts';
import { readInput } from '../launch/launchInput.ts';
import { planTask } from '../launch/newTask.ts';
import { transferLease } from '../launch/transferLease.ts';
import { createEndings } from '../run/attemptEnd.ts';
import { createRunReports } from '../run/runReports.ts';
import { type AttemptStore, createAttemptStore } from './attemptStore.ts';
import { createLaunchStore } from './launchStore.ts';

const { server, redisOf, closing } = useTasks();

/** Runs what it is asked, and loses the first answer. */
function losingTheAnswer<Args extends unknown[], T>(ask: (...args: Args) => Promise<T>) {
  let isLost = false;
  return async (...args: Args): Promise<T> => {
    const answer = await ask(...args);
    if (isLost) return answer;
    isLost = true;
    throw new UnavailableError(new Error('The connection is gone.'));
  };
}

/** An attempt at a task that nobody works on but the test. */
async function attempt() {
  const namespace = newNamespace();
  const task = reportingTask();
  const rig = await startRig(server(), { namespace, tasks: [task] });
  closing(() => rig.close());
  const { tasks } = rig.rowlock;
  const { task: launched } = await tasks.launch(task, { ids: ['1'] }, { actor: ann });
  const { redis, keys } = redisOf(namespace);
  const store = createAttemptStore(redis, keys);
  const begun = await store.start(launched.id, 1, 'a-secret-of-its-own');
  if (begun.kind !== 'started') throw new Error(`It is ${begun.kind}.`);
  const endingsBy = (attempts: AttemptStore, secret = begun.started.secret) =>
    createEndings({
      attempts,
      secret,
      reports: createRunReports(systemClock),
      getProgress: () => ({ done: 1, total: 1 }),
      clock: systemClock,
    });
  return {
    store,
    secret: begun.started.secret,
    endingsBy,
    view: async () => (await tasks.get(launched.id))!,
  };
}

describe('where the answer is lost', () => {
  it('an attempt has ended its task if the answer to the end is lost', async () => {
    const { store, secret, endingsBy, view } = await attempt();
    const endings = endingsBy({ ...store, end: losingTheAnswer(store.end) });
    expect(await endings.end({ state: 'completed', result: '{"changed":1}' })).toBeUndefined();
    expect(await view()).toMatchObject({ state: 'completed', result: { changed: 1 } });
    const other = endingsBy(store, { ...secret, secret: 'that-of-an-earlier-one' });
    expect(await other.end({ state: 'completed' })).toEqual({ kind: 'lost' });
  });

  it('a task is retried once if the answer to its failed attempt is lost', async () => {
    const { store, secret, endingsBy, view } = await attempt();
    const endings = endingsBy({ ...store, retry: losingTheAnswer(store.retry) });
    const outcome = { kind: 'retry', error: new Error('Flaky') } as const;
    expect(await endings.goBack('Flaky', outcome)).toBe(outcome);
    expect(await view()).toMatchObject({ state: 'retrying', attempt: 1, error: 'Flaky' });
    // Once the next attempt has begun, it is too late to ask again.
    await store.start(secret.taskId, 2, 'the-secret-of-the-next');
    expect(await endings.goBack('Flaky', outcome)).toEqual({ kind: 'lost' });
  });

  it('a person has the lease again, under the same secret, if the answer to its transfer is lost', async () => {
    const namespace = newNamespace();
    const { redis, keys } = redisOf(namespace);
    const registry = openRegistry({ redis, namespace });
    const person = { type: 'person', id: 'tab-ann', label: 'Edit', actor: ann } as const;
    const acquired = await registry.acquire({ holder: person, records: ['cities/1'], ttlMs: 15_000 });
    const lease = { leaseId: acquired.id, secret: acquired.secret };
    const launches = createLaunchStore(redis, keys, redis);
    const plan = {
      definition: reportingTask(),
      actor: ann,
      input: await readInput(reportingTask(), { ids: ['1', '2'] }),
      records: ['cities/1', 'cities/2'],
      label: 'reporting',
    } as never;
    const task = planTask(plan, { actor: ann, idempotencyKey: 'k' });
    const deps = {
      registry,
      launches: {
        ...launches,
        transferToTask: losingTheAnswer(launches.transferToTask),
        returnLease: losingTheAnswer(launches.returnLease),
      },
      clock: systemClock,
    };
    await expect(transferLease(deps, task, lease, 'refuse')).rejects.toBeInstanceOf(UnavailableError);
    await registry.renew(lease);
    const [found] = await registry.find([lease.leaseId]);
    expect(found!.lease).toMatchObject({ holder: person, recordCount: 1 });
    expect(await redis.hget(keys.task(task.id), 'state')).toBe('failed');
    expect(await redis.hgetall(keys.idempotency)).toEqual({});
  });
});
