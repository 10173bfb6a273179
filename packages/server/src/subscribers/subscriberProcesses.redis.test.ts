import {
  callRedis,
  type StartedProcess,
  startProcess,
  startRedis,
  type TestRedis,
  until,
} from '@rowlock/test-utils';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { gatedTask, newNamespace, type Rig, startRig } from '../../test/fixtures/rig.ts';
import { keysOf } from '../redis/keys.ts';

const ann = { id: 'ann', name: 'Ann' };
const HOOKS = new URL('../../test/fixtures/subscriberProcess.ts', import.meta.url).pathname;

let server: TestRedis;
let rig: Rig;
let namespace: string;
const { task } = gatedTask();
const processes: StartedProcess[] = [];
beforeAll(async () => {
  server = await startRedis();
});
afterAll(() => server.stop());
afterEach(async () => {
  await Promise.all(processes.splice(0).map((each) => each.stop()));
  await rig.close();
});

async function startNamespace(): Promise<void> {
  namespace = newNamespace();
  rig = await startRig(server, { tasks: [task], namespace });
  await rig.rowlock.startWorker();
}
async function startSubscriberProcess(holdAt = 0): Promise<StartedProcess> {
  const started = await startProcess({
    command: process.execPath,
    args: ['--conditions=@rowlock/source', HOOKS],
    env: { REDIS_URL: server.url, NAMESPACE: namespace, HOLD_AT: String(holdAt) },
    readyLine: 'subscriber ready',
  });
  processes.push(started);
  return started;
}
async function launch(count: number): Promise<string[]> {
  const launches = Array.from({ length: count }, (_, i) =>
    rig.rowlock.tasks.launch(task, { ids: [String(i)], gate: 'open' }, { actor: ann }),
  );
  const taskIds = (await Promise.all(launches)).map(({ task: { id } }) => id);
  const isDone = async (id: string) => (await rig.rowlock.tasks.get(id))?.state === 'completed';
  await until(async () => (await Promise.all(taskIds.map(isDone))).every(Boolean), { timeoutMs: 10_000 });
  return taskIds;
}

const leader = () => callRedis(server.port, ['GET', `${keysOf(namespace).prefix}subscriberLead:table`]);

interface Told {
  kind: string;
  taskId: string;
  position: string;
}
const toldBy = (...sources: StartedProcess[]): Told[] =>
  sources.flatMap((source) =>
    [...source.output().matchAll(/^told (\S+) (\S+) (\S+)$/gm)].map(([, kind, taskId, position]) => ({
      kind: kind!,
      taskId: taskId!,
      position: position!,
    })),
  );
const kindsOf = (told: Told[], taskId: string) =>
  told.filter((each) => each.taskId === taskId).map(({ kind }) => kind);
const LIFE = ['created', 'started', 'completed', 'cleaned'];
const inOrder = (told: Told[]) => {
  const place = ({ position }: Told) => position.split('-').map(Number) as [number, number];
  return told.every((each, i) => {
    if (i === 0) return true;
    const [[ms, seq], [beforeMs, beforeSeq]] = [place(each), place(told[i - 1]!)];
    return ms > beforeMs || (ms === beforeMs && seq > beforeSeq);
  });
};

describe('several processes with one subscriber', () => {
  it('one of several processes calls the subscriber once for each event', async () => {
    await startNamespace();
    const both = await Promise.all([startSubscriberProcess(), startSubscriberProcess()]);
    const taskIds = await launch(10);
    await until(() => taskIds.every((id) => kindsOf(toldBy(...both), id).includes('cleaned')));
    for (const id of taskIds) expect(kindsOf(toldBy(...both), id)).toEqual(LIFE);
    expect(both.map((each) => toldBy(each).length).filter((count) => count > 0)).toEqual([40]);
  });

  it('another process continues at the position of a killed one, and misses nothing', async () => {
    await startNamespace();
    const first = await startSubscriberProcess(5);
    const second = await startSubscriberProcess();
    const taskIds = await launch(10);
    await until(() => toldBy(first).length === 5, { what: 'the call in which it is killed' });
    await first.kill('SIGKILL');
    const before = toldBy(first);
    await until(() => taskIds.every((id) => kindsOf(toldBy(second), id).includes('cleaned')), {
      what: 'the rest, by the other',
      timeoutMs: 15_000,
    });
    const after = toldBy(second);
    // Only the call that was interrupted by the kill is repeated.
    const positions = new Set(before.map(({ position, kind }) => `${position} ${kind}`));
    const twice = after.filter(({ position, kind }) => positions.has(`${position} ${kind}`));
    expect(twice).toEqual(before.slice(-1));
    for (const id of taskIds) {
      expect([...new Set([...kindsOf(before, id), ...kindsOf(after, id)])]).toEqual(LIFE);
    }
    expect(inOrder(before) && inOrder(after)).toBe(true);
  }, 40_000);

  it('a frozen process that continues never resets the position', async () => {
    await startNamespace();
    const frozen = await startSubscriberProcess(2);
    const taskIds = await launch(3);
    await until(() => toldBy(frozen).length === 2, { what: 'the call in which it is frozen' });
    frozen.signal('SIGSTOP');
    const second = await startSubscriberProcess();
    await until(() => taskIds.every((id) => kindsOf(toldBy(second), id).includes('cleaned')), {
      what: 'the rest, by the other',
      timeoutMs: 15_000,
    });
    // Its call ends now, and it tries to store its position.
    frozen.signal('SIGCONT');
    const more = await launch(3);
    await until(() => more.every((id) => kindsOf(toldBy(second), id).includes('cleaned')));
    await frozen.stop();
    expect(toldBy(frozen)).toHaveLength(2);
    for (const id of more) expect(kindsOf(toldBy(second), id)).toEqual(LIFE);
  }, 40_000);

  it('another process leads at once when the leader closes', async () => {
    await startNamespace();
    const first = await startSubscriberProcess();
    const second = await startSubscriberProcess();
    const [one] = await launch(1);
    await until(() => kindsOf(toldBy(first), one!).includes('cleaned'));
    const before = await leader();
    await first.stop();
    expect(await leader()).not.toBe(before);
    const [two] = await launch(1);
    await until(() => kindsOf(toldBy(second), two!).includes('cleaned'));
    expect(kindsOf(toldBy(first, second), one!)).toEqual(LIFE);
  }, 40_000);
});
