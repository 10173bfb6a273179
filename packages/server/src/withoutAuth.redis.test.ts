/** A process without `auth`: it runs tasks, and serves and permits nobody. */
import { createServer } from 'node:http';
import { until } from '@rowlock/test-utils';
import { describe, expect, it, onTestFinished } from 'vitest';
import { gatewayFixture } from '../test/fixtures/gatewayFixture.ts';
import { gatedTask, newNamespace, RESOURCES } from '../test/fixtures/rig.ts';
import { createRowlock } from './createRowlock.ts';

const { rig, server } = gatewayFixture();
const ann = { id: 'ann', name: 'Ann' };

function createWithoutAuth(namespace = newNamespace(), tasks = [gatedTask().task]) {
  const rowlock = createRowlock({ redis: server().url, namespace, resources: RESOURCES, tasks });
  onTestFinished(() => rowlock.close());
  return rowlock;
}

describe('a Rowlock without auth', () => {
  it('a Rowlock without auth runs the tasks that another process launches', async () => {
    const { task, gate } = gatedTask();
    const namespace = newNamespace();
    const api = await rig({ namespace, tasks: [task] });
    const worker = createWithoutAuth(namespace, [task]);
    await worker.start();
    await worker.startWorker();
    const gateA = gate('a');
    const { task: launched } = await api.rowlock.tasks.launch(
      task,
      { ids: ['1'], gate: 'a' },
      { actor: ann },
    );
    await gateA.started;
    gateA.finish();
    await until(async () => (await worker.tasks.get(launched.id))?.state === 'completed');
  });

  it('a Rowlock without auth refuses to serve users, and says what to give it', () => {
    const rowlock = createWithoutAuth();
    const records = () => [];
    for (const serve of [
      () => rowlock.attach(createServer()),
      () => rowlock.router(),
      () => rowlock.fetchHandler(),
      () => rowlock.guard({ records }),
      () => rowlock.guardRequest({ records }, () => new Response()),
    ]) {
      expect(serve).toThrow('Give createRowlock `auth: { authenticate, authorize }`');
    }
  });

  it('P12: a Rowlock without auth permits nothing', async () => {
    const { task } = gatedTask();
    const rowlock = createWithoutAuth(newNamespace(), [task]);
    await rowlock.start();
    const launch = rowlock.tasks.launch(task, { ids: ['1'], gate: 'a' }, { actor: ann });
    await expect(launch).rejects.toThrow('no `auth`, but Ann asks for the permission to launch');
    expect((await rowlock.locks.check(['cities/1'])).held.size).toBe(0);
  });
});
