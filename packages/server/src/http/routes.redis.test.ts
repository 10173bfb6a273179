import type { LeaseView } from '@rowlock/protocol';
import { callRedis, startRedis, type TestRedis, until } from '@rowlock/test-utils';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { FACES } from '../../test/fixtures/faces.ts';
import { REFUSALS } from '../../test/fixtures/refusals.ts';
import { gatedTask, type Rig, startRig } from '../../test/fixtures/rig.ts';
import { reportingTask } from '../../test/fixtures/taskFixture.ts';

let server: TestRedis;
let rig: Rig;
beforeAll(async () => {
  server = await startRedis();
});
afterAll(() => server.stop());
afterEach(() => rig.close());

const request = async (path: string, user = 'ann', init: RequestInit = {}) => {
  const response = await rig.fetch(`/rowlock${path}`, {
    ...init,
    headers: { authorization: `Bearer ${user}`, ...init.headers },
  });
  const text = await response.text();
  return { status: response.status, body: text && JSON.parse(text) };
};

const labelsIn = ({ leases }: { leases: LeaseView[] }) => leases.map(({ holder }) => holder.label).toSorted();

describe.each(FACES)('%s: the routes of the kit', (face) => {
  it('the routes list, show and cancel tasks for permitted users', async () => {
    const { task } = gatedTask();
    rig = await startRig(server, { face, tasks: [task] });
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

  it('the routes find tasks by a query, page by page, and refuse a malformed query in words', async () => {
    const { task } = gatedTask();
    rig = await startRig(server, { face, tasks: [task] });
    const actor = { id: 'ann', name: 'ann' };
    const launch = async (id: string, tags: string[]) =>
      (await rig.rowlock.tasks.launch(task, { ids: [id], gate: 'a' }, { actor, tags })).task.id;
    const ids = [
      await launch('1', ['day']),
      await launch('2', ['night', 'hot']),
      await launch('3', ['night']),
    ];
    await rig.rowlock.tasks.cancel(ids[2]!, { actor });
    const find = async (query: string) => {
      const { body } = await request(`/tasks?${query}`);
      return (body.tasks as { id: string }[]).map(({ id }) => ids.indexOf(id) + 1);
    };
    expect(await find('states=queued,cancelled&tags=night')).toEqual([3, 2]);
    expect(await find('states=queued&states=running')).toEqual([2, 1]);
    expect(await find('tags=night,hot&names=gated&actorId=ann&text=Gated&record=cities/2')).toEqual([2]);
    expect(await find('launchedBefore=1')).toEqual([]);
    const { body: page } = await request('/tasks?limit=2');
    expect(page.tasks).toHaveLength(2);
    expect(await find(`limit=2&after=${page.next}`)).toEqual([1]);
    expect(await request('/tasks?states=done')).toMatchObject({
      status: 400,
      body: { detail: expect.stringContaining('because it is malformed at "states.0"') },
    });
    expect(await request('/tasks?limit=many')).toMatchObject({ status: 400 });
    expect(await request('/tasks?state=queued')).toMatchObject({ status: 400 });
    expect(await request('/tasks?after=two')).toMatchObject({ status: 400 });
  });

  it('the routes show the failed rows and the log of a task, and retry it for permitted users', async () => {
    const task = reportingTask({
      supportsPartial: true,
      run(ctx) {
        ctx.log('Begun');
        ctx.recordFailed('cities/2', new Error('It is odd'));
      },
    });
    rig = await startRig(server, { face, tasks: [task] });
    await rig.rowlock.startWorker();
    const actor = { id: 'ann', name: 'ann' };
    const { task: launched } = await rig.rowlock.tasks.launch(task, { ids: ['1', '2'] }, { actor });
    const path = `/tasks/${launched.id}`;
    await until(async () => (await request(path)).body.task.state === 'completed');
    expect(await request(`${path}/failures`)).toEqual({
      status: 200,
      body: { total: 1, failures: [{ record: 'cities/2', error: 'It is odd' }] },
    });
    expect((await request(`${path}/log`)).body).toMatchObject({ lines: [{ text: 'Begun' }] });
    expect(await request('/tasks/none/failures')).toMatchObject({ status: 404 });
    const retry = (user: string, body: object) =>
      request(`${path}/retry`, user, {
        method: 'POST',
        body: JSON.stringify(body),
        headers: { 'content-type': 'application/json' },
      });
    expect(await retry('ann', {})).toMatchObject({ status: 400, body: { code: 'bad_request' } });
    expect(await retry('viewer', { onlyFailed: true })).toMatchObject({ status: 403 });
    expect(await retry('ann', { onlyFailed: true })).toMatchObject({
      status: 202,
      body: { task: { retryOf: launched.id, recordCount: 1 } },
    });
  });

  it('P12: the routes and the channel show no task that authorize refuses', async () => {
    const { task } = gatedTask();
    rig = await startRig(server, {
      face,
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

  it('the routes answer unknown tasks, malformed beacons and missing credentials in words', async () => {
    rig = await startRig(server, { face });
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

  it('the routes show which leases cover records, and hide a task that the user may not watch', async () => {
    const { task } = gatedTask();
    rig = await startRig(server, {
      face,
      tasks: [task],
      authorize: ({ actor, action, task: asked, records }) =>
        actor.id === 'ann' || (action === 'watch' && asked === undefined && records?.[0] !== 'cities/9'),
    });
    const ann = await rig.connect('ann');
    await ann.send('acquire', { records: ['cities/1'], label: 'Edit Paris' });
    const actor = { id: 'ann', name: 'ann' };
    const { task: launched } = await rig.rowlock.tasks.launch(task, { ids: ['2'], gate: 'a' }, { actor });
    const locks = (user: string) =>
      request('/locks?records=cities/1&records=cities/2&records=cities/3', user);
    const { status, body } = await locks('ann');
    expect(status).toBe(200);
    expect(body.records).toEqual({
      'cities/1': [expect.any(String)],
      'cities/2': [launched.leaseId],
      'cities/3': [],
    });
    expect(labelsIn(body)).toEqual(['Edit Paris', 'Gated · 1']);
    expect(body.tasks).toMatchObject([{ id: launched.id, state: 'queued' }]);
    const seenByBo = (await locks('bo')).body;
    expect(labelsIn(seenByBo)).toEqual(['A task', 'Edit Paris']);
    expect(seenByBo.tasks).toEqual([]);
    expect(await request('/locks?records=cities/9', 'bo')).toMatchObject({ status: 403 });
    expect(await request('/locks')).toMatchObject({ status: 400 });
    expect(await request('/locks?records=Paris')).toMatchObject({ status: 400 });
    expect(await request('/locks?records=rivers/1')).toMatchObject({ body: { code: 'unknown_resource' } });
    const many = Array.from({ length: 201 }, (_, i) => `records=cities/${i}`).join('&');
    expect(await request(`/locks?${many}`)).toMatchObject({ status: 400 });
  });

  it('the routes preview a launch for users who may launch it', async () => {
    const { task } = gatedTask();
    rig = await startRig(server, { face, tasks: [task] });
    const bo = await rig.connect('bo');
    await bo.send('acquire', { records: ['cities/1'], label: 'Edit Paris' });
    const preview = (body: object, user = 'ann') =>
      request('/preview', user, {
        method: 'POST',
        body: JSON.stringify(body),
        headers: { 'content-type': 'application/json' },
      });
    const input = { ids: ['1', '2'], gate: 'a' };
    expect(await preview({ task: 'gated', input })).toMatchObject({
      status: 200,
      body: {
        recordCount: 2,
        freeCount: 1,
        label: 'Gated · 2',
        conflicts: [{ lease: { holder: { label: 'Edit Paris' } }, records: ['cities/1'] }],
      },
    });
    expect((await rig.rowlock.tasks.list()).tasks).toEqual([]);
    expect(await preview({ task: 'gated', input }, 'viewer')).toMatchObject({ status: 403 });
    expect(await preview({ task: 'gated', input: { ids: [] } })).toMatchObject({ status: 400 });
    expect(await preview({ task: 'unknown', input })).toMatchObject({ status: 404 });
    expect(await preview({ input })).toMatchObject({ status: 400 });
  });

  it('the routes launch a task for users who may launch it, once for each key', async () => {
    const { task } = gatedTask();
    rig = await startRig(server, { face, tasks: [task] });
    const launch = (body: object, user = 'ann') =>
      request('/tasks', user, { method: 'POST', body: JSON.stringify(body) });
    const body = { task: 'gated', input: { ids: ['1'], gate: 'a' }, idempotencyKey: 'once' };
    const first = await launch(body);
    expect(first).toMatchObject({
      status: 202,
      body: { task: { state: 'queued', actor: { id: 'ann' } }, skipped: [], conflicts: [], conflictCount: 0 },
    });
    expect((await launch(body)).body.task.id).toBe(first.body.task.id);
    expect(await launch(body, 'bo')).toMatchObject({
      status: 409,
      body: { code: 'conflict', conflicts: [{ task: { id: first.body.task.id } }] },
    });
    expect(await launch({ ...body, onConflict: 'wait' }, 'bo')).toMatchObject({
      status: 202,
      body: { task: { state: 'waiting', position: 1 } },
    });
    expect(await launch(body, 'viewer')).toMatchObject({ status: 403, body: { code: 'forbidden' } });
    expect(await launch({ ...body, task: 'unknown' })).toMatchObject({ status: 404 });
    const other = { ...body, idempotencyKey: 'other' };
    expect(await launch({ ...other, input: { ids: [] } })).toMatchObject({ status: 400 });
    expect(await launch({ ...other, priority: 1 })).toMatchObject({ status: 400 });
    const forged = { leaseId: '1', secret: 'f'.repeat(24) };
    expect(await launch({ ...other, lease: forged })).toMatchObject({
      status: 409,
      body: { code: 'lease_lost' },
    });
  });

  it('the routes refuse a user who sends too many requests, and nobody else', async () => {
    rig = await startRig(server, { face, sessions: { limits: { messagesPer10sOfUser: 3 } } });
    for (let i = 0; i < 3; i++) expect((await request('/tasks')).status).toBe(200);
    expect(await request('/tasks')).toMatchObject({ status: 429, body: { code: 'rate_limited' } });
    expect((await request('/tasks', 'bo')).status).toBe(200);
    expect((await request('/health')).status).toBe(200);
  });
});

describe('the health route', () => {
  const face = 'Express';

  it('the health route reports whether Redis can be reached', async () => {
    const own = await startRedis();
    rig = await startRig(own, { face });
    expect(await request('/health')).toEqual({ status: 200, body: { redis: 'reachable' } });
    await own.kill();
    expect(await request('/health')).toEqual({ status: 503, body: { redis: 'unreachable' } });
    await own.stop();
  });

  it('the health route reports that Redis refuses writes', async () => {
    const own = await startRedis();
    rig = await startRig(own, { face });
    await callRedis(own.port, ['CONFIG', 'SET', 'maxmemory', '1']);
    expect(await request('/health')).toEqual({ status: 503, body: { redis: 'refuses writes' } });
    await callRedis(own.port, ['CONFIG', 'SET', 'maxmemory', '0']);
    expect(await request('/health')).toMatchObject({ status: 200 });
    await own.stop();
  });

  it.each(REFUSALS)('the health route answers 503 while Redis answers reads and $reason', async (refusal) => {
    const own = await startRedis();
    rig = await startRig(own, { face });
    await refusal.begin(own);
    expect(await request('/health')).toMatchObject({ status: 503 });
    await refusal.end(own);
    await until(async () => (await request('/health')).status === 200, {
      what: 'Redis to take writes again',
    });
    await own.stop();
  });
});
