import type { TaskView } from '@rowlock/protocol';
import { until } from '@rowlock/test-utils';
import { describe, expect, it } from 'vitest';
import { acquire, gatewayFixture, sees, watch } from '../../../test/fixtures/gatewayFixture.ts';
import { type Client, gatedTask, newNamespace } from '../../../test/fixtures/rig.ts';
import type { AuthorizeQuestion } from '../../permissions.ts';

const { rig } = gatewayFixture();
const ann = { id: 'ann', name: 'Ann' };

/** The newest word of a task that a client was sent */
const told = (client: Client, id: string): TaskView | undefined =>
  client.changes.flatMap((view) => view.tasks).findLast((task) => task.id === id);

const isAboutTask = ({ action, task }: AuthorizeQuestion) => action === 'watch' && task !== undefined;

describe('authorize, asked about watching tasks', () => {
  it('authorize is asked once about watching a task, for all changes, sessions and lists of a user', async () => {
    const { task, gate } = gatedTask();
    const asked: string[] = [];
    const { connect, rowlock, url } = await rig({
      tasks: [task],
      recheckMs: 600_000,
      authorize: (question) => {
        if (isAboutTask(question)) asked.push(`${question.actor.id} ${(question.task as TaskView).id}`);
        return true;
      },
    });
    const tabs = [await connect('bo'), await connect('bo'), await connect('chen')];
    for (const tab of tabs) await tab.send('watch', { tasks: 'all' });
    const gateA = gate('a');
    await rowlock.startWorker();
    const { task: launched } = await rowlock.tasks.launch(
      task,
      { ids: ['1', '2'], gate: 'a' },
      { actor: ann },
    );
    await gateA.started;
    for (let i = 0; i < 20; i++) await tabs[0]!.send('watch', { tasks: [launched.id] });
    await fetch(`${url}/rowlock/tasks`, { headers: { authorization: 'Bearer bo' } });
    gateA.finish();
    for (const tab of tabs) await until(() => told(tab, launched.id)?.state === 'completed');
    expect(asked.sort()).toEqual([`bo ${launched.id}`, `chen ${launched.id}`]);
  });

  it('P15: a lost permission reaches a running watch at once, in all processes, if the application reports it', async () => {
    const { task } = gatedTask();
    const lost = new Set<string>();
    const namespace = newNamespace();
    const authorize = (question: AuthorizeQuestion) =>
      !(isAboutTask(question) && lost.has(question.actor.id));
    const here = await rig({ namespace, tasks: [task], authorize });
    const there = await rig({ namespace, tasks: [task], authorize });
    const [bo, chen] = [await there.connect('bo'), await there.connect('chen')];
    const { tasks } = here.rowlock;
    const { task: launched } = await tasks.launch(task, { ids: ['1'], gate: 'a' }, { actor: ann });
    for (const tab of [bo, chen]) {
      expect(await tab.send('watch', { tasks: [launched.id] })).toMatchObject({
        tasks: [{ id: launched.id }],
      });
    }
    lost.add('bo');
    await here.rowlock.sessions.refresh('bo');
    await tasks.cancel(launched.id, { actor: ann });
    await until(() => told(chen, launched.id)?.state === 'cancelled');
    // Bo's tab is asked after Chen's, so what it was to be sent has been sent by the answer to the next message.
    await bo.send('unwatch', {});
    expect(told(bo, launched.id)).toBeUndefined();
  });
});

describe('an authorize that fails', () => {
  it('P9: an authorize that fails while a task ends is asked again, so that no screen shows the task as running', async () => {
    const { task, gate } = gatedTask();
    let failures = 0;
    const { connect, rowlock, logged } = await rig({
      tasks: [task],
      authorize: (question) => {
        if (isAboutTask(question) && failures-- > 0) throw new Error('The database is away');
        return true;
      },
    });
    const tabs = [await connect('bo'), await connect('chen')];
    for (const tab of tabs) await tab.send('watch', { tasks: 'all' });
    const gateA = gate('a');
    await rowlock.startWorker();
    const { task: launched } = await rowlock.tasks.launch(task, { ids: ['1'], gate: 'a' }, { actor: ann });
    for (const tab of tabs) await until(() => told(tab, launched.id)?.state === 'running');
    await rowlock.sessions.refresh();
    failures = 3;
    gateA.finish();
    for (const tab of tabs) await until(() => told(tab, launched.id)?.state === 'completed');
    for (const tab of tabs) {
      const versions = tab.changes.flatMap((view) => view.tasks).map(({ version }) => version);
      expect(versions).toEqual([...versions].sort((a, b) => a - b));
    }
    expect(logged.filter((line) => line.includes('authorize failed'))).not.toHaveLength(0);
  });

  it('an authorize that fails while a tab asks for a task refuses the tab, and leaves no watch behind', async () => {
    const { task } = gatedTask();
    let failures = 1;
    const { connect, rowlock } = await rig({
      tasks: [task],
      authorize: (question) => {
        if (isAboutTask(question) && failures-- > 0) throw new Error('The database is away');
        return true;
      },
    });
    const { task: launched } = await rowlock.tasks.launch(task, { ids: ['1'], gate: 'a' }, { actor: ann });
    const [bo, chen] = [await connect('bo'), await connect('chen')];
    expect(await bo.send('watch', { tasks: [launched.id] })).toMatchObject({ error: { code: 'internal' } });
    await chen.send('watch', { tasks: [launched.id] });
    await rowlock.tasks.cancel(launched.id, { actor: ann });
    await until(() => told(chen, launched.id)?.state === 'cancelled');
    await bo.send('unwatch', {});
    expect(bo.changes).toEqual([]);
  });
});

describe('an authorize that never answers', () => {
  it('an authorize that never answers delays only the session that it was asked for', async () => {
    const { task } = gatedTask();
    const { connect, rowlock } = await rig({
      tasks: [task],
      authorize: ({ actor, action, task }) =>
        action === 'watch' && task && actor.id === 'bo' ? new Promise<boolean>(() => {}) : true,
    });
    const [ann, bo, chen] = [await connect('ann'), await connect('bo'), await connect('chen')];
    await rowlock.tasks.launch(task, { ids: ['9'], gate: 'a' }, { actor: { id: 'ann', name: 'Ann' } });
    bo.socket.emit('watch', { tasks: 'all' }, () => {});
    await watch(chen, 'cities/1');
    await acquire(ann, 'cities/1');
    await sees(chen, 'cities/1', 1);
  });
});
