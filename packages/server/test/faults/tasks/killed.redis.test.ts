import { startRedis, type TestRedis, until } from '@rowlock/test-utils';
import { afterAll, beforeAll, describe, expect, it, type TestContext } from 'vitest';
import { estateOf } from '../../fixtures/estate/estate.ts';

/**
 * From the kill of a worker to the task running on another: 14 s, and the rest for a busy machine. BullMQ's defaults take
 * about 60 s.
 */
const TAKEN_UP_WITHIN_MS = 25_000;

interface Case {
  when: string;
  input: { holdAt?: 'start' | 'end'; paceMs?: number };
  line: string;
  written: number;
}

let server: TestRedis;
beforeAll(async () => {
  server = await startRedis();
});
afterAll(() => server.stop());

const open = (context: TestContext) => estateOf(context, server);

describe('a worker that is killed', () => {
  it.concurrent.for<Case>([
    { when: 'before its first progress', input: { holdAt: 'start' }, line: 'held at start', written: 0 },
    { when: 'in mid-run', input: { paceMs: 500 }, line: 'wrote cities/3', written: 3 },
    {
      when: 'between the last write and its completion',
      input: { holdAt: 'end' },
      line: 'held at end',
      written: 10,
    },
  ])(
    'a worker that is killed $when loses its task to another soon, and all agree on the end',
    { timeout: 90_000 },
    async (one, context) => {
      const estate = await open(context);
      const ids = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];
      const workers = await Promise.all([estate.startWorker(), estate.startWorker()]);
      const task = await estate.launch({ ids, ...one.input });
      const first = await until(() => workers.find((worker) => worker.output().includes(one.line)), {
        what: `a worker to say ${one.line}`,
        timeoutMs: 30_000,
      });
      const second = workers.find((worker) => worker !== first)!;
      await first.kill('SIGKILL');
      const killedAtMs = performance.now();
      expect(await estate.held(ids)).toBe(10);
      await estate.says(second, 'began attempt 2');
      expect(performance.now() - killedAtMs).toBeLessThan(TAKEN_UP_WITHIN_MS);
      expect(await estate.reaches(task.id, 'completed')).toMatchObject({
        attempt: 2,
        result: { written: 10 },
      });
      const before = estate.ledger.writings().filter(({ attempt }) => attempt === 1);
      expect(before.length).toBeGreaterThanOrEqual(one.written);
      await estate.settled(task.id);
    },
  );

  it.concurrent('P6, P8: the task of the only worker, which is killed, is shown without a worker and keeps its locks', async (context) => {
    const estate = await open(context);
    const ids = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];
    const worker = await estate.startWorker();
    const task = await estate.launch({ ids, paceMs: 300 });
    await estate.says(worker, 'wrote cities/2');
    await worker.kill('SIGKILL');
    await until(async () => !(await estate.get(task.id)).hasWorker, {
      what: 'the word that nobody works on it',
      timeoutMs: 20_000,
    });
    expect(await estate.get(task.id)).toMatchObject({ state: 'running', attempt: 1 });
    await until(() => estate.onScreen(task.id)?.hasWorker === false);
    expect(await estate.held(ids)).toBe(10);

    await estate.startWorker();
    await estate.reaches(task.id, 'completed');
    expect(await estate.get(task.id)).toMatchObject({ attempt: 2, hasWorker: true, result: { written: 10 } });
    expect(await estate.held(ids)).toBe(0);
    await estate.settled(task.id);
  }, 90_000);

  it.concurrent('P4, P10: a worker that was frozen for longer than every lease changes nothing by late writes and progress', async (context) => {
    const estate = await open(context);
    const frozen = await estate.startWorker();
    const task = await estate.launch({ ids: [1, 2, 3, 4, 5, 6], paceMs: 300 });
    await estate.says(frozen, 'wrote cities/2');
    frozen.signal('SIGSTOP');
    await estate.startWorker();
    const ended = await estate.reaches(task.id, 'completed');
    const writings = estate.ledger.writings();
    const screen = await until(
      () => estate.onScreen(task.id)?.state === 'completed' && estate.onScreen(task.id),
    );

    frozen.signal('SIGCONT');
    await estate.says(frozen, /fenced off from|lease lost|told to stop/);
    await frozen.stop();
    expect(estate.ledger.writings()).toEqual(writings);
    expect(await estate.get(task.id)).toEqual(ended);
    expect(estate.onScreen(task.id)).toEqual(screen);
    await estate.settled(task.id);
  }, 90_000);
});

describe('a worker that is stopped during a task', () => {
  it.concurrent('a stopped worker returns its task with its locks, and another worker continues', async (context) => {
    const estate = await open(context);
    const first = await estate.startWorker();
    const ids = Array.from({ length: 60 }, (_, i) => i);
    const task = await estate.launch({ ids, paceMs: 150 });
    await estate.says(first, 'wrote cities/2');
    const gone = first.kill('SIGTERM');
    await until(async () => (await estate.get(task.id)).state === 'retrying', { timeoutMs: 15_000 });
    await gone;
    expect(await estate.held(ids)).toBe(60);
    await estate.startWorker();
    expect(await estate.reaches(task.id, 'completed', 60_000)).toMatchObject({ result: { written: 60 } });
    await estate.settled(task.id);
  }, 120_000);
});
