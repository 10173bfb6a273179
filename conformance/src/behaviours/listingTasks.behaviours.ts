/** `watch` with a filter of tasks, and `listTasks`. */
import { until } from '@rowlock/test-utils';
import { describe, expect, it } from 'vitest';
import type { Connection, OpenSubject } from '../subject/subject.ts';
import { codeOf, received, seesTask, watch } from './tabs.ts';

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
