/** The events that a subscriber receives, and where it begins and continues. */
import { until } from '@rowlock/test-utils';
import { describe, expect, it } from 'vitest';
import { newNamespace, startRig } from '../../test/fixtures/rig.ts';
import { gated, listener, useSubscribers } from '../../test/fixtures/subscriberFixture.ts';
import { ann } from '../../test/fixtures/taskFixture.ts';
import type { Subscribers } from './subscriber.ts';

const { server, rigWith } = useSubscribers();

describe('a subscriber', () => {
  it('a subscriber receives the events of a task in order, with the present task, even if it ends before launch returns', async () => {
    const heard = listener();
    const { rowlock, launch } = await rigWith({ table: heard });
    await rowlock.startWorker();
    const taskIds = await Promise.all(['1', '2', '3', '4', '5'].map((id) => launch(id)));
    await until(() => taskIds.every((id) => heard.steps(id).at(-1) === 'cleaned'), { what: 'the ends' });
    for (const id of taskIds) {
      expect(heard.steps(id)).toEqual(['created', 'started', 'completed', 'cleaned']);
    }
    const [created] = heard.events;
    expect(created).toMatchObject({ task: { label: 'Gated · 1', actor: ann }, version: 1 });
    expect(Math.abs(created!.at - Date.now())).toBeLessThan(60_000);
    const positions = heard.events.filter(({ kind }) => kind !== 'progress').map(({ position }) => position);
    expect(positions).toEqual(
      [...positions].sort((a, b) => Number(a.split('-')[0]) - Number(b.split('-')[0])),
    );
  });

  it('a subscriber learns why a task was retried, was cancelled and failed', async () => {
    const heard = listener();
    const { rowlock, launch, gate } = await rigWith({ table: heard }, gated(2));
    await rowlock.startWorker();
    const [first, second, third] = [gate('a'), gate('a'), gate('b')];
    const failing = await launch('1', 'a');
    await first.started;
    first.finish(new Error('Flaky'));
    await second.started;
    second.finish(new Error('Broken'));
    const cancelled = await launch('2', 'b');
    await third.started;
    await rowlock.tasks.cancel(cancelled, { actor: ann });
    await until(
      () => heard.steps(failing).at(-1) === 'cleaned' && heard.steps(cancelled).at(-1) === 'cleaned',
    );
    expect(heard.steps(failing)).toEqual(['created', 'started', 'retrying', 'started', 'failed', 'cleaned']);
    expect(heard.steps(cancelled)).toEqual(['created', 'started', 'cancelled', 'cleaned']);
    expect(heard.events.find(({ kind }) => kind === 'failed')?.task?.error).toBe('Broken');
    expect(heard.events.find(({ kind }) => kind === 'cleaned')?.reason).toBe('ended');
  });

  it('a subscriber learns that a new task waits for its records, and that it is queued when it has them', async () => {
    const heard = listener();
    const { rowlock, task, launch } = await rigWith({ table: heard });
    const first = await launch('1');
    const second = await rowlock.tasks.launch(
      task,
      { ids: ['1'], gate: 'open' },
      { actor: ann, onConflict: 'wait' },
    );
    await until(() => heard.steps(second.task.id).length === 1);
    expect(heard.events.find(({ taskId }) => taskId === second.task.id)?.task?.state).toBe('waiting');
    await rowlock.startWorker();
    await until(() => heard.steps(second.task.id).at(-1) === 'cleaned', {
      what: 'the end',
      timeoutMs: 10_000,
    });
    expect(heard.steps(first)).toEqual(['created', 'started', 'completed', 'cleaned']);
    expect(heard.steps(second.task.id)).toEqual(['created', 'queued', 'started', 'completed', 'cleaned']);
  });

  it('a subscriber receives progress while a task runs, never before its start or after its end', async () => {
    const heard = listener();
    const { rowlock, launch, gate } = await rigWith({ table: heard });
    await rowlock.startWorker();
    const open = gate('a');
    const taskId = await launch('1', 'a');
    await open.started;
    await until(() => heard.kinds(taskId).includes('progress'), { what: 'progress' });
    expect(heard.events.find(({ kind }) => kind === 'progress')?.task?.progress.done).toBe(1);
    open.finish();
    await until(() => heard.kinds(taskId).includes('cleaned'));
    const kinds = heard.kinds(taskId);
    expect(kinds.indexOf('progress')).toBeGreaterThan(kinds.indexOf('started'));
    expect(kinds.lastIndexOf('progress')).toBeLessThan(kinds.indexOf('completed'));
  });

  it('a subscriber with onLease receives the events of leases', async () => {
    const kinds: string[] = [];
    const { rowlock } = await rigWith({ leases: { onLease: ({ kind }) => void kinds.push(kind) } });
    const lease = await rowlock.locks.acquire({
      records: ['cities/1'],
      holder: { type: 'person', id: 't', label: 'T', actor: ann },
    });
    await lease.extend(['cities/2']);
    await lease.release();
    await until(() => kinds.includes('released'));
    expect(kinds).toEqual(['acquired', 'extended', 'released']);
  });

  it('a subscriber begins with the next entry, or with the oldest entry of the log', async () => {
    const first = await rigWith({});
    const before = await first.launch('1');
    const [late, early] = [listener(), listener()];
    const second = await rigWith({ late, early: { ...early, from: 'start' } }, gated(), first.namespace);
    const after = await second.launch('2');
    await until(() => late.steps(after).length > 0 && early.steps(after).length > 0);
    expect(late.steps(before)).toEqual([]);
    expect(early.steps(before)).toEqual(['created']);
  });

  it('a subscriber continues at its position after a restart', async () => {
    const heard = listener();
    const first = await rigWith({ table: heard });
    const one = await first.launch('1');
    await until(() => heard.steps(one).length === 1);
    await first.close();

    const away = await rigWith({}, gated(), first.namespace);
    await away.rowlock.startWorker();
    const two = await away.launch('2');
    await until(async () => (await away.rowlock.tasks.get(two))?.state === 'completed');
    await until(async () => (await away.rowlock.tasks.get(one))?.state === 'completed');

    const later = listener();
    await rigWith({ table: later }, gated(), first.namespace);
    await until(() => later.steps(one).at(-1) === 'cleaned' && later.steps(two).at(-1) === 'cleaned');
    expect(later.steps(one)).toEqual(['started', 'completed', 'cleaned']);
    expect(later.steps(two)).toEqual(['created', 'started', 'completed', 'cleaned']);
  });

  it('a subscriber with a malformed name is refused', async () => {
    const namespace = newNamespace();
    await expect(startRig(server(), { subscribers: { 'a b': {} }, namespace })).rejects.toThrow(
      '"a b" is malformed',
    );
    const asBefore = { onTask() {} } as unknown as Subscribers;
    await expect(startRig(server(), { subscribers: asBefore, namespace })).rejects.toThrow(
      'Each subscriber has a name',
    );
  });
});
