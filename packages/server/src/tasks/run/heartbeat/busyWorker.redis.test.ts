import { type StartedProcess, startProcess, startRedis, type TestRedis, until } from '@rowlock/test-utils';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { newNamespace, type Rig, startRig } from '../../../../test/fixtures/rig.ts';
import { hoggingTask } from '../../../../test/fixtures/workerProcess.ts';

const ann = { id: 'ann', name: 'Ann' };
const WORKER = new URL('../../../../test/fixtures/workerProcess.ts', import.meta.url).pathname;

let server: TestRedis;
let rig: Rig;
let namespace: string;
const processes: StartedProcess[] = [];
beforeAll(async () => {
  server = await startRedis();
});
afterAll(() => server.stop());
afterEach(async () => {
  await Promise.all(processes.splice(0).map((each) => each.stop()));
  await rig.close();
});

async function startWorkerProcess(env: Record<string, string> = {}): Promise<StartedProcess> {
  const started = await startProcess({
    command: process.execPath,
    args: ['--conditions=@rowlock/source', WORKER],
    env: { REDIS_URL: server.url, NAMESPACE: namespace, ...env },
    readyLine: 'worker ready',
  });
  processes.push(started);
  return started;
}

/** A task that keeps its worker busy, another worker beside it, and all that was seen of the task meanwhile. */
async function hog(blockMs: number, env: Record<string, string> = {}) {
  namespace = newNamespace();
  rig = await startRig(server, { tasks: [hoggingTask], namespace });
  const { tasks, locks } = rig.rowlock;
  const busy = await startWorkerProcess(env);
  const { task } = await tasks.launch(hoggingTask, { blockMs }, { actor: ann });
  await until(() => busy.output().includes('hogs in attempt 1'), { what: 'the task to begin' });
  const other = await startWorkerProcess();
  const get = async () => (await tasks.get(task.id))!;
  const held = async () => (await locks.check(['cities/0', 'cities/1'])).held.size;
  return { busy, other, get, held };
}

describe('a run that computes without a pause', () => {
  it('a busy run keeps its task while its worker cannot send heartbeats', async () => {
    const { busy, other, get, held } = await hog(12_500);
    const hasWorker: boolean[] = [];
    const stillHeld: number[] = [];
    await until(
      async () => {
        hasWorker.push((await get()).hasWorker);
        if (!busy.output().includes('hogged')) stillHeld.push(await held());
        return (await get()).state === 'completed';
      },
      { what: 'the end', timeoutMs: 30_000, intervalMs: 250 },
    );
    expect(await get()).toMatchObject({
      attempt: 1,
      result: { attempt: 1 },
      progress: { done: 2, total: 2 },
    });
    expect(busy.output()).toContain('hogged in attempt 1: goes on');
    expect(other.output()).not.toContain('hogs');
    expect(hasWorker).not.toContain(false);
    // All but the very last looks, which may come when its rows are free.
    expect(stillHeld.slice(0, -2)).not.toContain(0);
    expect(stillHeld.length).toBeGreaterThan(20);
  }, 60_000);

  it('a run that hangs for too long loses its task to another worker, and its late writes are refused', async () => {
    const { busy, other, get } = await hog(22_000, { MAX_HANG_MS: '3000' });
    await until(async () => (await get()).state === 'completed', {
      what: 'the end on another worker',
      timeoutMs: 21_000,
    });
    const ended = await get();
    expect(ended).toMatchObject({ attempt: 2, result: { attempt: 2 }, progress: { message: 'Attempt 2' } });
    expect(other.output()).toContain('hogged in attempt 2: goes on');
    expect(busy.output()).not.toContain('hogged');
    await until(() => busy.output().includes('hogged in attempt 1: told to stop'), {
      what: 'the late writes',
      timeoutMs: 30_000,
    });
    await busy.stop();
    expect(await get()).toEqual(ended);
  }, 90_000);
});
