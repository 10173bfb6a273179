import { startRedis, type TestRedis, until } from '@rowlock/test-utils';
import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { gatedTask, newNamespace, type Rig, startRig } from '../../test/fixtures/rig.ts';
import { keysOf } from '../redis/keys.ts';
import { type FailureNotice, failureNotices } from './failureNotices.ts';

const ann = { id: 'ann', name: 'Ann' };
let server: TestRedis;
let rig: Rig;
beforeAll(async () => {
  server = await startRedis();
});
afterAll(() => server.stop());
afterEach(() => rig.close());

describe('a failure notice', () => {
  it('a failure notice is sent for each task that failed in all attempts, and keeps its id when it is repeated', async () => {
    const { task, gate } = gatedTask('gated', 2);
    const tried: string[] = [];
    const sent: FailureNotice[] = [];
    rig = await startRig(server, {
      tasks: [task],
      subscribers: {
        notices: failureNotices({
          send(notice) {
            tried.push(notice.id);
            if (tried.length < 3) throw new Error('The mail server is away');
            sent.push(notice);
          },
        }),
      },
    });
    const { tasks } = rig.rowlock;
    await rig.rowlock.startWorker();
    const launch = async (id: string) =>
      (await tasks.launch(task, { ids: [id], gate: id }, { actor: ann })).task.id;
    const [first, second] = [gate('1'), gate('1')];
    const failed = await launch('1');
    const well = await launch('2');
    await first.started;
    first.finish(new Error('Flaky'));
    await second.started;
    second.finish(new Error('Disk is full'));
    await until(async () => (await tasks.get(well))?.state === 'completed');
    await until(() => sent.length === 1);
    expect(tried).toEqual(Array(3).fill(`failed:${failed}`));
    expect(sent).toEqual([
      {
        id: `failed:${failed}`,
        taskId: failed,
        name: 'gated',
        label: 'Gated · 1',
        actor: ann,
        why: 'Disk is full',
        failedCount: 0,
        at: (await tasks.get(failed))?.endedAt,
      },
    ]);
  });

  it('a failure notice has id and time of a task that is already deleted', async () => {
    const namespace = newNamespace();
    const { task, gate } = gatedTask();
    const redis = new Redis(server.url);
    const sent: FailureNotice[] = [];
    rig = await startRig(server, { tasks: [task], namespace });
    await rig.rowlock.startWorker();
    const open = gate('1');
    const { id } = (await rig.rowlock.tasks.launch(task, { ids: ['1'], gate: '1' }, { actor: ann })).task;
    open.finish(new Error('Disk is full'));
    await until(async () => (await rig.rowlock.tasks.get(id))?.state === 'failed');
    await redis.del(keysOf(namespace).task(id));
    redis.disconnect();
    await rig.close();
    rig = await startRig(server, {
      namespace,
      subscribers: { notices: failureNotices({ from: 'start', send: (notice) => void sent.push(notice) }) },
    });
    await until(() => sent.length === 1);
    expect(sent).toEqual([{ id: `failed:${id}`, taskId: id, at: expect.any(Number) }]);
  });
});
