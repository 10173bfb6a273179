/** `watch` and `unwatch`, and the events `changes` and `certainty`. */
import { until } from '@rowlock/test-utils';
import { describe, expect, it } from 'vitest';
import type { OpenSubject } from '../subject/subject.ts';
import { acquire, codeOf, isCertain, leasesOn, received, seesLeases, seesTask, watch } from './tabs.ts';

export function watching(open: OpenSubject): void {
  describe('watch', () => {
    it('the answer names the leases in force on each record', async () => {
      const { connect } = await open();
      const [ann, bo] = [await connect('ann'), await connect('bo')];
      const { leaseId } = await acquire(ann, 'cities/1', 'cities/3');
      const view = await watch(bo, 'cities/1', 'cities/2');
      expect(view.records).toEqual({ 'cities/1': [leaseId], 'cities/2': [] });
      expect(view.leases).toMatchObject([{ id: leaseId, mode: 'exclusive', recordCount: 2 }]);
      expect(view.position).toEqual(expect.any(String));
      expect(view.version).toEqual(expect.any(Number));
    });

    it('a watched record is sent when it is locked, and when it is free again', async () => {
      const { connect } = await open();
      const [ann, bo] = [await connect('ann'), await connect('bo')];
      await watch(bo, 'cities/1');
      const leaseSecret = await acquire(ann, 'cities/1', 'cities/2');
      await seesLeases(bo, 'cities/1', 1);
      await ann.request('release', leaseSecret);
      await seesLeases(bo, 'cities/1', 0);
      expect(leasesOn(bo, 'cities/2')).toBeUndefined();
    });

    it('a record is not sent after unwatch', async () => {
      const { connect } = await open();
      const [ann, bo] = [await connect('ann'), await connect('bo')];
      await watch(bo, 'cities/1', 'cities/2');
      expect(await bo.request('unwatch', { records: ['cities/1'] })).toEqual({ ok: true });
      await acquire(ann, 'cities/1');
      await acquire(ann, 'cities/2');
      await seesLeases(bo, 'cities/2', 1);
      expect(leasesOn(bo, 'cities/1')).toBeUndefined();
    });

    it('the task that holds a watched record is sent with its progress, and with its end before the row is free', async () => {
      const { connect, startTask } = await open();
      const bo = await connect('bo');
      await watch(bo, 'cities/1');
      const task = await startTask({ label: 'Rename', records: ['cities/1', 'cities/2'] });
      await seesLeases(bo, 'cities/1', 1);
      await task.advance(1);
      await seesTask(bo, task.id, 'one record done', ({ progress }) => progress.done === 1);
      await task.end('completed');
      await seesLeases(bo, 'cities/1', 0);
      const changes = received(bo, 'changes');
      const endAt = changes.findIndex(({ tasks }) => tasks.some(({ state }) => state === 'completed'));
      const freeAt = changes.findLastIndex(({ records }) => records['cities/1']?.length === 0);
      expect(endAt).toBeGreaterThanOrEqual(0);
      expect(endAt).toBeLessThanOrEqual(freeAt);
    });

    it('a task that is watched by its id is sent until it has ended', async () => {
      const { connect, startTask } = await open();
      const bo = await connect('bo');
      const task = await startTask({ label: 'Rename', records: ['cities/1'] });
      const answer = await bo.request('watch', { tasks: [task.id, 'unknown'] });
      expect(answer).toMatchObject({ ok: true, tasks: [{ id: task.id, state: 'running', label: 'Rename' }] });
      await task.end('failed');
      await seesTask(bo, task.id, 'the failed task', ({ state }) => state === 'failed');
    });

    it('a tab that watches all tasks is sent new ones, and the newest come first in the answer', async () => {
      const { connect, startTask } = await open();
      const bo = await connect('bo');
      const [first, second] = [
        await startTask({ label: 'First', records: ['cities/1'] }),
        await startTask({ label: 'Second', records: ['cities/2'] }),
      ];
      const answer = await bo.request('watch', { tasks: 'all' });
      expect(answer).toMatchObject({ ok: true, tasks: [{ id: second.id }, { id: first.id }] });
      const third = await startTask({ label: 'Third', records: ['cities/3'] });
      await seesTask(bo, third.id, 'the third task', ({ label }) => label === 'Third');
      await bo.request('unwatch', { tasks: 'all' });
      const before = bo.events.length;
      await first.end('completed');
      await watch(bo, 'cities/9');
      expect(bo.events).toHaveLength(before);
    });

    it('P12: a user who may not watch a task sees of it only that a task holds the row', async () => {
      const { connect, startTask } = await open({
        authorize: ({ actor, action, task }) => !(actor.id === 'bo' && action === 'watch' && task),
      });
      const bo = await connect('bo');
      const task = await startTask({ label: 'Secret plan', records: ['cities/1'] });
      const view = await watch(bo, 'cities/1');
      expect(view.leases).toMatchObject([{ holder: { type: 'task', id: task.id, label: 'A task' } }]);
      expect(view.tasks).toEqual([]);
      expect(await bo.request('watch', { tasks: [task.id] })).toMatchObject({ ok: true, tasks: [] });
      expect(await bo.request('watch', { tasks: 'all' })).toMatchObject({ ok: true, tasks: [] });
      await task.end('completed');
      await seesLeases(bo, 'cities/1', 0);
      expect(received(bo, 'changes').flatMap(({ tasks }) => tasks)).toEqual([]);
    });

    it('P12: a user who may not watch a record is refused, and is sent nothing of it', async () => {
      const { connect } = await open({
        authorize: ({ actor, action }) => !(actor.id === 'bo' && action === 'watch'),
      });
      const [ann, bo] = [await connect('ann'), await connect('bo')];
      expect(codeOf(await bo.request('watch', { records: ['cities/1'] }))).toBe('forbidden');
      await watch(ann, 'cities/1');
      await acquire(ann, 'cities/1');
      await seesLeases(ann, 'cities/1', 1);
      expect(received(bo, 'changes')).toEqual([]);
    });

    it('a change of the data of a watched record is sent, with its author', async () => {
      const { connect, changed } = await open();
      const bo = await connect('bo');
      await watch(bo, 'cities/1');
      const version = await changed(['cities/1', 'cities/2'], { actorId: 'ann', by: 'an import' });
      await until(() => received(bo, 'changes').some(({ changed: news }) => news !== undefined), {
        what: 'the change',
      });
      const news = received(bo, 'changes').flatMap(({ changed: each = [] }) => each);
      expect(news).toMatchObject([
        {
          version,
          how: 'application',
          by: 'an import',
          actor: { id: 'ann' },
          records: ['cities/1'],
          recordCount: 1,
        },
      ]);
    });

    it('the answer to watch with a version names the changes since that version', async () => {
      const { connect, changed } = await open();
      const bo = await connect('bo');
      const { version: since } = await watch(bo, 'cities/1');
      const version = await changed(['cities/1'], { actorId: 'ann', by: 'an import' });
      const later = await bo.request('watch', { records: ['cities/1', 'cities/2'], since });
      expect(later).toMatchObject({ ok: true, version, changed: [{ version, records: ['cities/1'] }] });
      const fresh = await bo.request('watch', { records: ['cities/1'], since: version });
      expect(fresh.ok && (fresh.changed ?? [])).toEqual([]);
    });

    it('the records beyond the limit of a tab are refused', async () => {
      const { connect } = await open({ limits: { watchedRecords: 2 } });
      const bo = await connect('bo');
      await watch(bo, 'cities/1', 'cities/2');
      // Those that it watches already do not count again.
      await watch(bo, 'cities/1', 'cities/2');
      expect(codeOf(await bo.request('watch', { records: ['cities/3'] }))).toBe('too_many_records');
      await bo.request('unwatch', { records: ['cities/2'] });
      await watch(bo, 'cities/3');
    });

    it('the tasks beyond the limit of a tab are refused', async () => {
      const { connect } = await open({ limits: { watchedTasks: 2 } });
      const bo = await connect('bo');
      expect(await bo.request('watch', { tasks: ['one', 'two'] })).toMatchObject({ ok: true });
      expect(codeOf(await bo.request('watch', { tasks: ['three'] }))).toBe('rate_limited');
    });
  });

  describe('certainty', () => {
    it('P9, P11: without Redis everybody is notified and requests are refused, until it is back', async () => {
      const { connect, loseRedis, findRedis } = await open();
      const bo = await connect('bo');
      await watch(bo, 'cities/1');
      await loseRedis();
      await until(() => !isCertain(bo), { what: 'the word that nothing is certain' });
      // Its outcome is unknown, so the records that it names may be locked for a while.
      expect(codeOf(await bo.request('acquire', { records: ['cities/5'] }))).toBe('unavailable');
      // Answered without Redis: so a tab knows that the server still lives.
      expect(await bo.request('confirm', {})).toEqual({ ok: true, leases: [] });
      expect(await bo.request('unwatch', { records: ['cities/9'] })).toEqual({ ok: true });
      await findRedis();
      await until(() => isCertain(bo), { what: 'certainty again' });
      await acquire(await connect('ann'), 'cities/1');
      await seesLeases(bo, 'cities/1', 1);
    });
  });
}
