/**
 * Everything that takes part in a task's life, each for real: Redis, an api (in this process) with a dashboard table that
 * subscribers alone fill, a browser's view over the live channel, workers in processes of their own, a database with fences.
 * After whatever was done to it, `settled` looks whether all of them say the same.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isFinal, type TaskView } from '@rowlock/protocol';
import { type StartedProcess, startProcess, type TestRedis, until } from '@rowlock/test-utils';
import { Queue } from 'bullmq';
import { Redis } from 'ioredis';
import { expect, type TestContext } from 'vitest';
import type { z } from 'zod';
import { keysOf } from '../../redis/keys.ts';
import type { TaskEvent } from '../../subscribers/subscriber.ts';
import type { LaunchOptions } from '../../tasks/launch/launchOptions.ts';
import { QUEUE_NAME } from '../../tasks/store/queue.ts';
import { newNamespace, type Rig, startRig } from '../rig.ts';
import { createFamilyTask, type familyInput } from './familyTask.ts';
import { type Ledger, openLedger } from './ledger.ts';
import { createRowsTask, type rowsInput } from './rowsTask.ts';

export const ANN = { id: 'ann', name: 'Ann' };
const WORKER = new URL('./rowsWorker.ts', import.meta.url).pathname;
const SETTLED_WITHIN_MS = 40_000;

export interface Estate {
  rig: Rig;
  tasks: Rig['rowlock']['tasks'];
  ledger: Ledger;
  queue: Queue;
  redis: Redis;
  namespace: string;
  /** Called for each event before the dashboard notes it; may throw */
  beforeSubscriber: { call(event: TaskEvent): void };
  launch(input: z.input<typeof rowsInput>, options?: Partial<LaunchOptions>): Promise<TaskView>;
  launchFamily(input: z.input<typeof familyInput>): Promise<TaskView>;
  startWorker(concurrency?: number): Promise<StartedProcess>;
  /** Waits for a line of a worker. */
  says(worker: StartedProcess, line: string | RegExp): Promise<unknown>;
  get(taskId: string): Promise<TaskView>;
  reaches(taskId: string, state: TaskView['state'], timeoutMs?: number): Promise<TaskView>;
  /** Which of these rows are held. */
  held(ids: readonly number[]): Promise<number>;
  /** The state of a task as the browser has it. */
  onScreen(taskId: string): TaskView | undefined;
  /** No lock without a living holder, no task without an end, and table, api and screen agree. */
  settled(...taskIds: string[]): Promise<void>;
  close(): Promise<void>;
}

export async function openEstate(server: TestRedis, officeUrl = server.url): Promise<Estate> {
  const namespace = newNamespace();
  const keys = keysOf(namespace);
  const folder = await mkdtemp(join(tmpdir(), 'rowlock-estate-'));
  const file = join(folder, 'ledger.db');
  const ledger = openLedger(file);
  const rows = createRowsTask(ledger, () => {});
  const family = createFamilyTask(rows, () => {});
  const beforeSubscriber: Estate['beforeSubscriber'] = { call() {} };
  /** State and version by task, as an application's table would have them. */
  const table = new Map<string, { state: string; version: number }>();
  const dashboard = {
    from: 'start' as const,
    onTask(event: TaskEvent) {
      beforeSubscriber.call(event);
      const { kind, task: view } = event;
      if (!view || kind === 'progress' || kind === 'cleaned') return;
      if ((table.get(view.id)?.version ?? 0) <= view.version) {
        table.set(view.id, { state: view.state, version: view.version });
      }
    },
  };
  const rig = await startRig(
    { ...server, url: officeUrl },
    { namespace, tasks: [rows, family], subscribers: { dashboard } },
  );
  const browser = await rig.connect('ann');
  const seen = await browser.send('watch', { tasks: 'all' });
  if (!seen.ok) throw new Error(`The browser may not watch: ${seen.error.message}`);
  const redis = new Redis(server.url);
  redis.on('error', () => {});
  const queue = new Queue(QUEUE_NAME, { connection: { url: server.url }, prefix: keys.bullPrefix });
  queue.on('error', () => {});
  const workers: StartedProcess[] = [];
  const { tasks, locks } = rig.rowlock;

  const get = async (taskId: string) => {
    const found = await tasks.get(taskId);
    if (!found) throw new Error(`Task ${taskId} is not known.`);
    return found;
  };
  const onScreen = (taskId: string) =>
    [seen, ...browser.changes]
      .flatMap((view) => view.tasks)
      .filter(({ id }) => id === taskId)
      .reduce<TaskView | undefined>((a, b) => (!a || b.version >= a.version ? b : a), undefined);

  return {
    rig,
    tasks,
    ledger,
    queue,
    redis,
    namespace,
    beforeSubscriber,
    get,
    onScreen,
    async launch(input, options) {
      return (await tasks.launch(rows, input, { actor: ANN, ...options })).task;
    },
    launchFamily: async (input) => (await tasks.launch(family, input, { actor: ANN })).task,
    async startWorker(concurrency = 1) {
      const worker = await startProcess({
        command: process.execPath,
        args: ['--conditions=@rowlock/source', WORKER],
        env: { REDIS_URL: server.url, NAMESPACE: namespace, LEDGER: file, CONCURRENCY: String(concurrency) },
        readyLine: 'worker ready',
      });
      workers.push(worker);
      return worker;
    },
    says: (worker, line) =>
      until(() => (typeof line === 'string' ? worker.output().includes(line) : line.test(worker.output())), {
        what: `a worker to say ${line}`,
        timeoutMs: 30_000,
      }),
    async reaches(taskId, state, timeoutMs = SETTLED_WITHIN_MS) {
      await until(async () => (await get(taskId)).state === state, {
        what: `task to be ${state}`,
        timeoutMs,
      });
      return get(taskId);
    },
    async held(ids) {
      return (await locks.check(ids.map((id) => `cities/${id}` as const))).held.size;
    },
    async settled(...taskIds) {
      await until(
        async () => {
          for (const id of taskIds) {
            const { state, version } = await get(id);
            expect(isFinal(state), `task ${id} is ${state}`).toBe(true);
            expect(table.get(id), 'the dashboard table').toEqual({ state, version });
            expect(onScreen(id)?.state, 'the screen').toBe(state);
          }
          expect((await locks.list()).leases, 'leases in force').toEqual([]);
          expect(await redis.smembers(keys.openTasks), 'open tasks').toEqual([]);
          return true;
        },
        { what: 'all to agree', timeoutMs: SETTLED_WITHIN_MS },
      );
    },
    async close() {
      await Promise.all(workers.map((worker) => worker.kill('SIGKILL')));
      await queue.close().catch(() => {});
      redis.disconnect();
      await rig.close();
      ledger.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** An estate that ends with the test. */
export async function estateOf(
  { onTestFinished }: Pick<TestContext, 'onTestFinished'>,
  server: TestRedis,
  officeUrl?: string,
): Promise<Estate> {
  const estate = await openEstate(server, officeUrl);
  onTestFinished(() => estate.close());
  return estate;
}
