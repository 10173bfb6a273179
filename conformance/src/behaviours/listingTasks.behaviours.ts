/** `watch` with a filter of tasks, and `listTasks`. */
import type { RecordKey } from '@rowlock/protocol';
import { until } from '@rowlock/test-utils';
import { describe, expect, it } from 'vitest';
import type { Connection, OpenSubject } from '../subject/subject.ts';
import { acquire, codeOf, received, seesTask, watch } from './tabs.ts';

const statesOf = (tab: Connection, taskId: string): string[] =>
  received(tab, 'changes')
    .flatMap(({ tasks }) => tasks.filter(({ id }) => id === taskId))
    .map(({ state }) => state);

export function listingTasks(open: OpenSubject): void {
  describe('watch with a filter of tasks', () => {
    it('a task is sent when it begins to match, and when it stops matching, and no other task is', async () => {
      const { connect, startTask } = await open();
      const [running, failed, ofBo] = [await connect('ann'), await connect('ann'), await connect('ann')];
      await running.request('watch', { tasks: { states: ['running'] } });
      await failed.request('watch', { tasks: { states: ['failed'] } });
      await ofBo.request('watch', { tasks: { actorId: 'bo' } });
      const first = await startTask({ label: 'First', records: ['cities/1'], actorId: 'ann' });
      const second = await startTask({ label: 'Second', records: ['cities/2'], actorId: 'bo' });
      await seesTask(running, second.id, 'the running task', ({ state }) => state === 'running');
      await first.end('failed');
      await second.end('completed');
      await seesTask(failed, first.id, 'the failed task', ({ state }) => state === 'failed');
      await seesTask(running, first.id, 'the failed task', ({ state }) => state === 'failed');
      await seesTask(ofBo, second.id, 'the completed task', ({ state }) => state === 'completed');
      expect(statesOf(failed, second.id)).toEqual([]);
      expect(statesOf(ofBo, first.id)).toEqual([]);
    });

    it('the answer contains the tasks that match, newest launch first', async () => {
      const { connect, startTask } = await open();
      const ann = await connect('ann');
      const first = await startTask({ label: 'Rename Paris', records: ['cities/1'] });
      const second = await startTask({ label: 'Move Paris', records: ['cities/2'] });
      await startTask({ label: 'Rename Lyon', records: ['cities/3'] });
      expect(await ann.request('watch', { tasks: { text: 'PARIS' } })).toMatchObject({
        tasks: [{ id: second.id }, { id: first.id }],
      });
      expect(await ann.request('watch', { tasks: { states: ['failed'] } })).toMatchObject({ tasks: [] });
    });

    it('no task is sent after unwatch of the filter, whatever the order of its words', async () => {
      const { connect, startTask } = await open();
      const ann = await connect('ann');
      await ann.request('watch', { tasks: { states: ['running', 'failed'] } });
      await ann.request('unwatch', { tasks: { states: ['failed', 'running'] } });
      await startTask({ label: 'First', records: ['cities/1'] });
      await watch(ann, 'cities/9');
      expect(received(ann, 'changes')).toEqual([]);
    });

    it('the filters beyond the limit of a tab are refused', async () => {
      const { connect } = await open({ limits: { watchedTaskFilters: 1 } });
      const ann = await connect('ann');
      for (const _time of [1, 2]) {
        expect(await ann.request('watch', { tasks: { actorId: 'ann' } })).toMatchObject({ ok: true });
      }
      expect(codeOf(await ann.request('watch', { tasks: { actorId: 'bo' } }))).toBe('rate_limited');
      expect(codeOf(await ann.requestRaw('watch', { tasks: { unknown: 'ann' } }))).toBe('bad_request');
    });
  });

  describe('listTasks', () => {
    it('pages contain each task once, newest launch first, and the last one has no `next`', async () => {
      const { connect, startTask } = await open();
      const ann = await connect('ann');
      const ids: string[] = [];
      for (const i of [1, 2, 3]) {
        ids.unshift((await startTask({ label: `Task ${i}`, records: [`cities/${i}`] })).id);
      }
      const first = await ann.request('listTasks', { limit: 2 });
      if (!first.ok) throw new Error(first.error.message);
      expect(first.tasks.map(({ id }) => id)).toEqual(ids.slice(0, 2));
      const rest = await ann.request('listTasks', { limit: 2, after: first.next! });
      expect(rest).toMatchObject({ ok: true, tasks: [{ id: ids[2] }] });
      expect(rest).not.toHaveProperty('next');
      expect(await ann.request('listTasks', { states: ['failed'] })).toEqual({ ok: true, tasks: [] });
      expect(await ann.request('listTasks', { record: 'cities/2' })).toMatchObject({
        tasks: [{ id: ids[1] }],
      });
    });

    it('the list of a record has the tasks that hold it, wait for it or have held it', async () => {
      const { connect, startTask } = await open();
      const ann = await connect('ann');
      const past = await startTask({ label: 'Past', records: ['cities/1', 'cities/2'] });
      await past.end('completed');
      const holder = await startTask({ label: 'Holder', records: ['cities/1'] });
      const wait = { task: 'rename', onConflict: 'wait' } as const;
      const waiter = await ann.request('launch', { ...wait, input: { records: ['cities/1', 'cities/3'] } });
      const cancelled = await ann.request('launch', { ...wait, input: { records: ['cities/1'] } });
      if (!waiter.ok || !cancelled.ok) throw new Error('A launch was refused.');
      await ann.request('cancel', { taskId: cancelled.task.id });
      const idsOf = async (record: RecordKey) => {
        const answer = await ann.request('listTasks', { record });
        return answer.ok && answer.tasks.map(({ id }) => id);
      };
      expect(await idsOf('cities/1')).toEqual([cancelled.task.id, waiter.task.id, holder.id, past.id]);
      expect(await idsOf('cities/2')).toEqual([past.id]);
      expect(await idsOf('cities/3')).toEqual([waiter.task.id]);
      expect(await idsOf('regions/1')).toEqual([]);
    });

    it('the list of a record has a task that was launched with a lease on it', async () => {
      const { connect } = await open();
      const ann = await connect('ann');
      const lease = await acquire(ann, 'cities/1', 'regions/*');
      const input = { records: ['cities/2'] };
      const launch = await ann.request('launch', { task: 'rename', input, lease, delayMs: 60_000 });
      if (!launch.ok) throw new Error(launch.error.message);
      const { id } = launch.task;
      expect(await ann.request('listTasks', { record: 'regions/7' })).toMatchObject({ tasks: [{ id }] });
      await ann.request('cancel', { taskId: id });
      expect(await ann.request('listTasks', { record: 'cities/1' })).toMatchObject({ tasks: [{ id }] });
      expect(await ann.request('listTasks', { record: 'cities/2' })).toMatchObject({ tasks: [{ id }] });
    });

    it('P12: only tasks and records are listed that the user may watch', async () => {
      const { connect, startTask } = await open({
        authorize: ({ actor, action }) => !(actor.id === 'bo' && action === 'watch'),
      });
      const [ann, bo] = [await connect('ann'), await connect('bo')];
      await startTask({ label: 'Secret plan', records: ['cities/1'] });
      await until(async () => {
        const answer = await ann.request('listTasks', {});
        return answer.ok && answer.tasks.length === 1;
      });
      expect(await bo.request('listTasks', {})).toEqual({ ok: true, tasks: [] });
      expect(codeOf(await bo.request('listTasks', { record: 'cities/1' }))).toBe('forbidden');
      expect(codeOf(await bo.request('listTasks', { record: 'planets/1' }))).toBe('unknown_resource');
    });

    it('a page counts once more for each 100 tasks that it may contain', async () => {
      const { connect } = await open({ limits: { messagesPer10s: 11 } });
      const ann = await connect('ann');
      expect(await ann.request('listTasks', { limit: 1_000 })).toMatchObject({ ok: true });
      expect(codeOf(await ann.request('listTasks', {}))).toBe('rate_limited');
    });
  });
}
