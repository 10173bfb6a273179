import { startRedis, type TestRedis, until } from '@rowlock/test-utils';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { gatedTask, type Rig, startRig } from '../testing/rig.ts';

let server: TestRedis;
let rig: Rig;
beforeAll(async () => {
  server = await startRedis();
});
afterAll(() => server.stop());
afterEach(() => rig.close());

const request = async (path: string, user = 'ann', init: RequestInit = {}) => {
  const response = await fetch(`${rig.url}/rowlock${path}`, {
    ...init,
    headers: { authorization: `Bearer ${user}` },
  });
  const text = await response.text();
  return { status: response.status, body: text && JSON.parse(text) };
};

describe('the routes of the kit', () => {
  it('list, show and cancel tasks for those who may', async () => {
    const { task } = gatedTask();
    rig = await startRig(server, { tasks: [task] });
    const actor = { id: 'ann', name: 'ann' };
    const { task: launched } = await rig.rowlock.tasks.launch(task, { ids: ['1'], gate: 'a' }, { actor });
    expect(await request('/tasks', 'bo')).toMatchObject({
      status: 200,
      body: { tasks: [{ id: launched.id }] },
    });
    expect(await request(`/tasks/${launched.id}`)).toMatchObject({
      status: 200,
      body: { task: { state: 'queued' } },
    });
    expect(await request(`/tasks/${launched.id}/cancel`, 'viewer', { method: 'POST' })).toMatchObject({
      status: 403,
    });
    expect(await request(`/tasks/${launched.id}/cancel`, 'ann', { method: 'POST' })).toMatchObject({
      status: 202,
      body: { task: { state: 'cancelled' } },
    });
  });

  it('P12: show no task that authorize refuses', async () => {
    const { task } = gatedTask();
    rig = await startRig(server, {
      tasks: [task],
      authorize: ({ actor, action }) => action === 'launch' || actor.id === 'ann',
    });
    const actor = { id: 'ann', name: 'ann' };
    const { task: launched } = await rig.rowlock.tasks.launch(task, { ids: ['1'], gate: 'a' }, { actor });
    expect(await request('/tasks', 'bo')).toEqual({ status: 200, body: { tasks: [] } });
    expect(await request(`/tasks/${launched.id}`, 'bo')).toMatchObject({ status: 403 });
    const [bo, ann] = [await rig.connect('bo'), await rig.connect('ann')];
    expect(await bo.send('watch', { tasks: 'all' })).toMatchObject({ ok: true, tasks: [] });
    expect(await ann.send('watch', { tasks: 'all' })).toMatchObject({
      ok: true,
      tasks: [{ id: launched.id }],
    });
    await rig.rowlock.tasks.cancel(launched.id, { actor });
    await until(() => ann.changes.some((view) => view.tasks.some(({ state }) => state === 'cancelled')));
    expect(bo.changes).toEqual([]);
  });

  it('answer unknown tasks, malformed beacons and missing credentials in words', async () => {
    rig = await startRig(server);
    expect(await request('/tasks/none')).toMatchObject({ status: 404, body: { code: 'not_found' } });
    expect(await request('/tasks', 'nobody')).toMatchObject({
      status: 401,
      body: { code: 'unauthenticated' },
    });
    const beacon = (body: string) => request('/leases/release', 'ann', { method: 'POST', body });
    expect(await beacon('no json')).toMatchObject({
      status: 400,
      body: { detail: expect.stringContaining('not JSON') },
    });
    expect(await beacon('{"leases":[]}')).toMatchObject({ status: 400, body: { code: 'bad_request' } });
    const forged = { leaseId: '1', secret: 'f'.repeat(24) };
    expect((await beacon(JSON.stringify({ leases: [forged] }))).status).toBe(204);
  });

  it('tell whether Redis can be reached', async () => {
    const own = await startRedis();
    rig = await startRig(own);
    expect(await request('/health')).toEqual({ status: 200, body: { redis: 'reachable' } });
    await own.kill();
    expect(await request('/health')).toEqual({ status: 503, body: { redis: 'unreachable' } });
    await own.stop();
  });
});
