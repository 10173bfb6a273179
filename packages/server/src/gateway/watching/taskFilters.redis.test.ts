/** Lists of tasks as browsers watch and page them. */
import { until } from '@rowlock/test-utils';
import { describe, expect, it } from 'vitest';
import { gatewayFixture } from '../../../test/fixtures/gatewayFixture.ts';
import { type Client, gatedTask, newNamespace, type Rig } from '../../../test/fixtures/rig.ts';
import { ann, bo, reportingTask } from '../../../test/fixtures/taskFixture.ts';

const { rig } = gatewayFixture();

const statesOf = ({ changes }: Client, taskId: string) =>
  changes.flatMap(({ tasks }) => tasks.filter(({ id }) => id === taskId)).map(({ state }) => state);
const hears = (client: Client, taskId: string, state: string) =>
  until(() => statesOf(client, taskId).includes(state as never), { what: `${taskId} ${state}` });

const reporting = reportingTask();

/** Answers their ids, newest first. */
async function launchMany({ rowlock }: Rig, count: number): Promise<string[]> {
  const ids: string[] = [];
  for (let i = 0; i < count; i++) {
    const { task: launched } = await rowlock.tasks.launch(reporting, { ids: [`many-${i}`] }, { actor: ann });
    ids.unshift(launched.id);
  }
  return ids;
}

describe('a session that watches a filter of tasks', () => {
  it('a session gets each task that begins to match, and its end, on every gateway, and no other task', async () => {
    const { task, gate } = gatedTask();
    const namespace = newNamespace();
    const [here, there] = [await rig({ namespace, tasks: [task] }), await rig({ namespace, tasks: [task] })];
    const [running, failed, ofBo] = [
      await here.connect('ann'),
      await there.connect('ann'),
      await there.connect('ann'),
    ];
    await running.send('watch', { tasks: { states: ['running'] } });
    await failed.send('watch', { tasks: { states: ['failed'] } });
    await ofBo.send('watch', { tasks: { actorId: 'bo' } });
    const [gateA, gateB] = [gate('a'), gate('b')];
    const first = await here.rowlock.tasks.launch(task, { ids: ['1'], gate: 'a' }, { actor: ann });
    const second = await here.rowlock.tasks.launch(task, { ids: ['2'], gate: 'b' }, { actor: bo });
    await here.rowlock.startWorker({ concurrency: 2 });
    await hears(running, first.task.id, 'running');
    await hears(running, second.task.id, 'running');
    gateA.finish(new Error('The disk is full'));
    await hears(failed, first.task.id, 'failed');
    await hears(running, first.task.id, 'failed');
    gateB.finish();
    await hears(running, second.task.id, 'completed');
    await hears(ofBo, second.task.id, 'completed');
    expect(new Set(statesOf(failed, first.task.id))).toEqual(new Set(['failed']));
    expect(statesOf(failed, second.task.id)).toEqual([]);
    expect(statesOf(ofBo, first.task.id)).toEqual([]);
    expect(statesOf(running, first.task.id)).not.toContain('queued');
  });

  it('P9: a session gets the end of a task that matched before this gateway had seen it', async () => {
    const { task } = gatedTask();
    const { connect, rowlock } = await rig({ tasks: [task] });
    const old = await rowlock.tasks.launch(task, { ids: ['1'], gate: 'a' }, { actor: ann });
    const client = await connect('ann');
    expect(await client.send('watch', { tasks: { states: ['queued'] } })).toMatchObject({
      tasks: [{ id: old.task.id, state: 'queued' }],
    });
    await rowlock.tasks.cancel(old.task.id, { actor: ann });
    await hears(client, old.task.id, 'cancelled');
  });

  it('P12: a session gets no task of its filter that the user may not watch, and after unwatch nothing', async () => {
    const { task } = gatedTask();
    const { connect, rowlock } = await rig({
      tasks: [task],
      authorize: ({ actor, action, task: asked }) =>
        action !== 'watch' || !asked || ('actor' in asked && asked.actor.id === actor.id),
    });
    const [annsTab, bosTab] = [await connect('ann'), await connect('bo')];
    for (const tab of [annsTab, bosTab]) await tab.send('watch', { tasks: { names: ['gated'] } });
    const launch = (id: string) => rowlock.tasks.launch(task, { ids: [id], gate: 'a' }, { actor: ann });
    const first = await launch('1');
    await hears(annsTab, first.task.id, 'queued');
    await annsTab.send('unwatch', { tasks: { names: ['gated'] } });
    await annsTab.send('watch', { records: ['cities/3'] });
    const second = await launch('2');
    const third = await launch('3');
    await hears(annsTab, third.task.id, 'queued');
    expect(statesOf(annsTab, second.task.id)).toEqual([]);
    expect(bosTab.changes).toEqual([]);
    expect(await bosTab.send('listTasks', {})).toEqual({ ok: true, tasks: [] });
  });

  it('a session may watch as many filters as its limit says, each once', async () => {
    const { connect } = await rig({ sessions: { limits: { watchedTaskFilters: 2 } } });
    const client = await connect('ann');
    const watch = (names: string[]) => client.send('watch', { tasks: { names } });
    for (const names of [['a'], ['b'], ['a']]) expect(await watch(names)).toMatchObject({ ok: true });
    expect(await watch(['c'])).toMatchObject({ error: { code: 'rate_limited' } });
    await client.send('unwatch', { tasks: { names: ['a'] } });
    expect(await watch(['c'])).toMatchObject({ ok: true });
    expect(await client.sendRaw('watch', { tasks: { state: ['running'] } })).toMatchObject({
      error: { code: 'bad_request' },
    });
  });
});

describe('listTasks', () => {
  it('listTasks answers pages, newest first, of the tasks that match', async () => {
    const app = await rig({ tasks: [reporting] });
    const ids = await launchMany(app, 7);
    const client = await app.connect('ann');
    const first = await client.send('listTasks', { limit: 3 });
    if (!first.ok) throw new Error(first.error.message);
    expect(first.tasks.map(({ id }) => id)).toEqual(ids.slice(0, 3));
    const rest = await client.send('listTasks', { limit: 10, after: first.next! });
    expect(rest).toMatchObject({ ok: true, tasks: ids.slice(3).map((id) => ({ id })) });
    expect(rest).not.toHaveProperty('next');
    const after = String(first.tasks[1]!.launchOrder);
    expect(await client.send('listTasks', { limit: 1, after })).toMatchObject({ tasks: [{ id: ids[2] }] });
    expect(await client.send('listTasks', { record: 'cities/many-2' })).toMatchObject({
      tasks: [{ id: ids[4] }],
    });
    expect(await client.send('listTasks', { states: ['failed'] })).toEqual({ ok: true, tasks: [] });
  });

  it('listTasks refuses a record that the user may not watch, and what is malformed', async () => {
    const { connect } = await rig({ authorize: () => false });
    const client = await connect('ann');
    expect(await client.send('listTasks', { record: 'cities/1' })).toMatchObject({
      error: { code: 'forbidden' },
    });
    expect(await client.send('listTasks', { record: 'planets/1' })).toMatchObject({
      error: { code: 'unknown_resource' },
    });
    for (const message of [{ limit: 0 }, { limit: 1_001 }, { after: 'x' }, { states: [] }, { word: 'x' }]) {
      expect(await client.sendRaw('listTasks', message)).toMatchObject({ error: { code: 'bad_request' } });
    }
  });
});
