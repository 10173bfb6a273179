import type { TaskView } from '@rowlock/protocol';
import { startRedis, type TestRedis, until } from '@rowlock/test-utils';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Estate, estateOf } from '../../fixtures/estate/estate.ts';

let server: TestRedis;
beforeAll(async () => {
  server = await startRedis();
});
afterAll(() => server.stop());

const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => from + i);
const FIRST = range(1, 10);
const SECOND = range(11, 14);
const ALL = [...FIRST, ...SECOND];

const childrenOf = async ({ tasks }: Estate, parent: TaskView) =>
  (await tasks.list({ names: ['rows'] })).tasks.filter(({ parentId }) => parentId === parent.id);

/** The parent has ended well, each child is one task that has too, each row was written, and nothing is left of them. */
async function isWhole(estate: Estate, parent: TaskView, attempts: { parent: number }) {
  expect(await estate.reaches(parent.id, 'completed', 60_000)).toMatchObject({
    attempt: attempts.parent,
    result: { children: 2 },
  });
  const children = await childrenOf(estate, parent);
  expect(children.map(({ state }) => state)).toEqual(['completed', 'completed']);
  expect(new Set(estate.ledger.writings().map(({ id }) => id))).toEqual(new Set(ALL));
  await estate.settled(parent.id, ...children.map(({ id }) => id));
  expect(await estate.held(ALL)).toBe(0);
}

describe('a parent whose worker is killed', () => {
  it.concurrent('a parent killed during its run is repeated, finds the child that runs elsewhere, and launches the next', async (context) => {
    const estate = await estateOf(context, server);
    const workers = await Promise.all([estate.startWorker(), estate.startWorker()]);
    const parent = await estate.launchFamily({
      children: [{ ids: FIRST, paceMs: 400 }, { ids: SECOND }],
      holdAfter: 1,
    });
    const of = (line: string) =>
      until(() => workers.find((worker) => worker.output().includes(line)), {
        what: `a worker to say ${line}`,
        timeoutMs: 30_000,
      });
    const [parents, childs] = [await of('parent held after 1'), await of('wrote cities/2')];
    expect(childs).not.toBe(parents);
    await parents.kill('SIGKILL');
    expect(await estate.held(ALL)).toBe(ALL.length);
    await estate.says(childs, 'parent has child 2 in attempt 2');
    await isWhole(estate, parent, { parent: 2 });
    // Its first child has worked on through all of it, as one attempt.
    expect(estate.ledger.writings().filter(({ id }) => id <= 10)).toEqual(
      FIRST.map((id) => expect.objectContaining({ id, attempt: 1 })),
    );
  }, 120_000);

  it.concurrent('a parent and a child that are killed together are repeated under their locks', async (context) => {
    const estate = await estateOf(context, server);
    const worker = await estate.startWorker(3);
    const parent = await estate.launchFamily({
      children: [{ ids: FIRST, paceMs: 300 }, { ids: SECOND }],
      holdAfter: 1,
    });
    await estate.says(worker, 'wrote cities/2');
    await worker.kill('SIGKILL');
    const second = await estate.startWorker(3);
    expect(await estate.held(ALL)).toBe(ALL.length);
    await estate.says(second, 'parent began attempt 2');
    await isWhole(estate, parent, { parent: 2 });
    expect((await childrenOf(estate, parent)).map(({ attempt }) => attempt).toSorted()).toEqual([1, 2]);
  }, 120_000);

  it.concurrent('a parent killed after its run waits for its children, and ends with the last', async (context) => {
    const estate = await estateOf(context, server);
    const worker = await estate.startWorker(3);
    const parent = await estate.launchFamily({
      children: [
        { ids: FIRST, paceMs: 300 },
        { ids: SECOND, paceMs: 300 },
      ],
    });
    await estate.says(worker, 'wrote cities/12');
    await until(async () => (await estate.get(parent.id)).result !== undefined);
    await worker.kill('SIGKILL');
    await until(async () => (await childrenOf(estate, parent)).every(({ hasWorker }) => !hasWorker), {
      what: 'the word that nobody works on its children',
      timeoutMs: 20_000,
    });
    expect(await estate.get(parent.id)).toMatchObject({ state: 'running', attempt: 1 });
    expect(await estate.held(ALL)).toBe(ALL.length);
    await estate.startWorker(3);
    await isWhole(estate, parent, { parent: 1 });
  }, 120_000);
});
