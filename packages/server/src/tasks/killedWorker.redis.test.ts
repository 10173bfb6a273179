import { type StartedProcess, startProcess, startRedis, type TestRedis, until } from '@rowlock/test-utils';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { newNamespace, type Rig, startRig } from '../testing/rig.ts';
import { pacedTask } from '../testing/workerProcess.ts';

const ann = { id: 'ann', name: 'Ann' };
const WORKER = new URL('../testing/workerProcess.ts', import.meta.url).pathname;

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

async function startWorkerProcess(paceMs: number): Promise<StartedProcess> {
  const started = await startProcess({
    command: process.execPath,
    args: ['--conditions=@rowlock/source', WORKER],
    env: { REDIS_URL: server.url, NAMESPACE: namespace, PACE_MS: String(paceMs) },
    readyLine: 'worker ready',
  });
  processes.push(started);
  return started;
}
async function launch(count: number) {
  namespace = newNamespace();
  rig = await startRig(server, { tasks: [pacedTask], namespace });
  const { task } = await rig.rowlock.tasks.launch(pacedTask, { count }, { actor: ann });
  const get = async () => (await rig.rowlock.tasks.get(task.id))!;
  const held = async () => (await rig.rowlock.locks.check(['cities/0', `cities/${count - 1}`])).held.size;
  return { task, get, held };
}

describe('a worker that is killed in mid-task', () => {
  it('P6, P8: leaves its locks in place while nobody works on it, and the task goes on once a worker is there', async () => {
    const { get, held } = await launch(20);
    const first = await startWorkerProcess(100);
    await until(async () => (await get()).progress.done >= 2, { what: 'progress', timeoutMs: 10_000 });
    await first.kill('SIGKILL');

    await until(async () => (await get()).attended === false, { what: 'the word that nobody works on it' });
    expect(await get()).toMatchObject({ state: 'running', attempt: 1 });
    expect(await held()).toBe(2);

    await startWorkerProcess(10);
    const backMs = performance.now();
    await until(async () => (await get()).state === 'completed', { what: 'the end', timeoutMs: 20_000 });
    expect(performance.now() - backMs).toBeLessThan(20_000);
    expect(await get()).toMatchObject({ attempt: 2, attended: true, result: { written: 20 } });
    expect(await held()).toBe(0);
  }, 60_000);

  it('P4, P10: that was only frozen can change nothing when it wakes up: its fence is old, its progress refused', async () => {
    const { get } = await launch(10);
    const frozen = await startWorkerProcess(200);
    await until(async () => (await get()).progress.done >= 1, { what: 'progress', timeoutMs: 10_000 });
    frozen.signal('SIGSTOP');
    const second = await startWorkerProcess(10);
    await until(async () => (await get()).state === 'completed', { what: 'the end', timeoutMs: 40_000 });
    const ended = await get();

    frozen.signal('SIGCONT');
    await until(() => frozen.output().includes('in attempt 1'), { what: 'the late writes' });
    const fenceOf = (worker: StartedProcess) => BigInt(/under (\d+)/.exec(worker.output())![1]!);
    expect(fenceOf(frozen)).toBeLessThan(fenceOf(second));
    await frozen.stop();
    expect(await get()).toEqual(ended);
  }, 60_000);
});
