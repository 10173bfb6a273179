import { startRedis, until } from '@rowlock/test-utils';
import { afterEach, describe, expect, it } from 'vitest';
import { type Estate, openEstate } from '../../fixtures/estate/estate.ts';

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function open(appendonly: 'no' | 'always') {
  const server = await startRedis({ appendonly });
  closing.push(() => server.stop());
  const estate: Estate = await openEstate(server);
  closing.push(() => estate.close());
  return { server, estate };
}

describe('Redis that is killed in mid-task', () => {
  it('a task continues and ends once if Redis is killed and keeps its data', async () => {
    const { server, estate } = await open('always');
    const worker = await estate.startWorker();
    const ids = Array.from({ length: 20 }, (_, i) => i);
    const task = await estate.launch({ ids, paceMs: 200 });
    await estate.says(worker, 'wrote cities/3');
    await server.kill();
    await server.restart();
    const ended = await until(
      async () => {
        const view = await estate.get(task.id);
        return view.state === 'completed' ? view : undefined;
      },
      { what: 'the task to end', timeoutMs: 60_000 },
    );
    expect(ended).toMatchObject({ result: { written: 20 } });
    await estate.settled(task.id);
  }, 120_000);

  it('a run is stopped, and its rows are free, if Redis is killed and loses its data', async () => {
    const { server, estate } = await open('no');
    const worker = await estate.startWorker();
    const ids = Array.from({ length: 400 }, (_, i) => i);
    const task = await estate.launch({ ids, paceMs: 200 });
    await estate.says(worker, 'wrote cities/3');
    await server.kill();
    await server.restart();
    // After the restart grace others hold the rows. The old run is fenced off and can no longer write them.
    const next = await until(() => estate.launch({ ids: [1, 2, 399] }).catch(() => undefined), {
      what: 'the rows to be free again',
      timeoutMs: 40_000,
      intervalMs: 200,
    });
    await estate.reaches(next.id, 'completed', 60_000);
    expect(await estate.tasks.get(task.id)).toBeUndefined();
    await estate.settled(next.id);
    const last = new Map(estate.ledger.writings().map((one) => [one.id, one]));
    expect(last.get(399)!.fence).toBe(last.get(1)!.fence);
  }, 120_000);
});
