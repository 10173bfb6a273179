import type { ProblemBody, TaskView, View } from '@rowlock/protocol';
import { until } from '@rowlock/test-utils';
import { describe, expect, it } from 'vitest';
import { gatewayFixture, sees, watch } from '../../../test/fixtures/gatewayFixture.ts';
import { type Client, gatedTask, type Rig } from '../../../test/fixtures/rig.ts';
import type { AuthorizeQuestion } from '../../permissions.ts';

const { rig } = gatewayFixture();
const ann = { id: 'ann', name: 'Ann' };

/** Bo may watch and write rows, but may watch no task. */
const authorize = ({ actor, action, task }: AuthorizeQuestion) =>
  !(actor.id === 'bo' && action === 'watch' && task !== undefined);

const labels = (views: readonly View[]) =>
  views.flatMap(({ leases }) => leases.map(({ holder }) => holder.label));
const lastTask = (client: Client): TaskView | undefined =>
  client.changes.flatMap((view) => view.tasks).at(-1);

const put = async ({ url }: Rig, user: string) => {
  const headers = { authorization: `Bearer ${user}` };
  return (await fetch(`${url}/cities/1`, { method: 'PUT', headers })).json() as Promise<ProblemBody>;
};

describe('a row that a task holds', () => {
  it('P12: a row that a task holds never shows the task to a watcher who may not watch it', async () => {
    const { task, gate } = gatedTask();
    const started = await rig({ tasks: [task], authorize });
    const { connect, rowlock } = started;
    const [bo, chen] = [await connect('bo'), await connect('chen')];
    await watch(bo, 'cities/1');
    await watch(chen, 'cities/1');
    const gateA = gate('a');
    await rowlock.startWorker();
    await rowlock.tasks.launch(task, { ids: ['1'], gate: 'a' }, { actor: ann, tags: ['secret'] });
    await gateA.started;
    await sees(bo, 'cities/1', 1);
    expect(await watch(bo, 'cities/2', 'cities/1')).toMatchObject({
      tasks: [],
      leases: [{ recordCount: 1, holder: { type: 'task', label: 'A task', actor: ann } }],
    });
    const refusals = [await put(started, 'bo'), await bo.send('acquire', { records: ['cities/1'] })];
    expect(refusals).toMatchObject([
      { code: 'conflict', conflicts: [{ lease: { holder: { label: 'A task', actor: ann } } }] },
      { error: { code: 'conflict', conflicts: [{ lease: { holder: { label: 'A task' } } }] } },
    ]);
    gateA.finish();
    await sees(bo, 'cities/1', 0);
    await until(() => lastTask(chen)?.state === 'completed');
    expect(JSON.stringify([bo.changes, refusals])).not.toMatch(/gated|secret|"result"|"progress"/i);
  });

  it('a row that a task holds shows the task without its result to a permitted watcher of the row, and the result to watchers of the task', async () => {
    const { task, gate } = gatedTask();
    const started = await rig({ tasks: [task], authorize });
    const { connect, rowlock } = started;
    const [chen, dee] = [await connect('chen'), await connect('dee')];
    await watch(chen, 'cities/1');
    await watch(dee, 'cities/1');
    await dee.send('watch', { tasks: 'all' });
    const gateA = gate('a');
    await rowlock.startWorker();
    await rowlock.tasks.launch(task, { ids: ['1'], gate: 'a' }, { actor: ann });
    await gateA.started;
    await sees(chen, 'cities/1', 1);
    const { conflicts } = await put(started, 'chen');
    expect(conflicts).toMatchObject([
      { lease: { holder: { label: 'Gated · 1' } }, task: { label: 'Gated · 1' } },
    ]);
    gateA.finish();
    for (const tab of [chen, dee]) await until(() => lastTask(tab)?.state === 'completed');
    expect(labels(chen.changes)).toContain('Gated · 1');
    expect(lastTask(dee)?.result).toEqual({ changed: 1 });
    expect(chen.changes.flatMap((view) => view.tasks).filter((seen) => 'result' in seen)).toEqual([]);
  });

  it('a row that a task holds shows its lock at once, and the label when authorize has answered', async () => {
    const { task } = gatedTask();
    let isAway = true;
    const { connect, rowlock } = await rig({
      tasks: [task],
      authorize: ({ action, task: about }) => {
        if (isAway && action === 'watch' && about) throw new Error('The database is away');
        return true;
      },
    });
    const bo = await connect('bo');
    await rowlock.tasks.launch(task, { ids: ['1'], gate: 'a' }, { actor: ann });
    expect(labels([await watch(bo, 'cities/1')])).toEqual(['A task']);
    isAway = false;
    await until(() => labels(bo.changes).at(-1) === 'Gated · 1', { what: 'the label' });
  });

  it('P12: the holder of a row is shown over HTTP only to users who may watch the row, and a refusal names no task', async () => {
    const { task } = gatedTask();
    const { url, rowlock } = await rig({
      tasks: [task],
      authorize: (question) =>
        authorize(question) && !(question.actor.id === 'chen' && question.action === 'watch'),
    });
    const { task: launched } = await rowlock.tasks.launch(task, { ids: ['1'], gate: 'a' }, { actor: ann });
    const get = async (path: string, user: string) => {
      const response = await fetch(`${url}/rowlock${path}`, { headers: { authorization: `Bearer ${user}` } });
      return { status: response.status, body: await response.json() };
    };
    expect(await get('/tasks?record=cities/1', 'dee')).toMatchObject({
      body: { tasks: [{ id: launched.id }] },
    });
    expect(await get('/tasks?record=cities/1', 'bo')).toMatchObject({ status: 200, body: { tasks: [] } });
    expect(await get('/tasks?record=cities/1', 'chen')).toMatchObject({
      status: 403,
      body: { code: 'forbidden' },
    });
    expect(await get('/tasks?record=planets/1', 'dee')).toMatchObject({ body: { code: 'unknown_resource' } });
    const refused = await get(`/tasks/${launched.id}`, 'bo');
    expect(refused.status).toBe(403);
    expect(JSON.stringify(refused.body)).not.toMatch(/gated/i);
  });
});
