/** `launch`, `preview` and `retry`. Every server knows the task `rename`, whose input names its records. */
import type { ClientAnswers, ClientMessage } from '@rowlock/protocol';
import { until } from '@rowlock/test-utils';
import { describe, expect, it } from 'vitest';
import type { Connection, OpenSubject } from '../subject/subject.ts';
import { acquire, codeOf, received, seesLeases, seesTask, watch } from './tabs.ts';

/** It stays queued for as long as a test lasts. */
const LATER = { delayMs: 60_000 };
const rename = (...records: string[]) => ({ task: 'rename', input: { records }, ...LATER });

async function launched(tab: Connection, message: ClientMessage<'launch'>): Promise<ClientAnswers['launch']> {
  const answer = await tab.request('launch', message);
  if (!answer.ok) throw new Error(answer.error.message);
  return answer;
}

export function launching(open: OpenSubject): void {
  describe('launch', () => {
    it('the answer is the queued task, which holds its records, and others see it', async () => {
      const { connect } = await open();
      const [ann, bo] = [await connect('ann'), await connect('bo')];
      await watch(bo, 'cities/1');
      const { task, ...rest } = await launched(ann, { ...rename('cities/1', 'cities/2'), tags: ['by hand'] });
      expect(task).toMatchObject({
        name: 'rename',
        state: 'queued',
        attempt: 0,
        actor: { id: 'ann' },
        recordCount: 2,
        tags: ['by hand'],
        notBefore: task.createdAt + LATER.delayMs,
      });
      expect(rest).toMatchObject({ skipped: [], conflicts: [], conflictCount: 0 });
      await seesLeases(bo, 'cities/1', 1);
      await seesTask(bo, task.id, 'the task', ({ state }) => state === 'queued');
    });

    it('P2: a launch on blocked records is refused with the conflicts, and locks nothing', async () => {
      const { connect } = await open();
      const [ann, bo] = [await connect('ann'), await connect('bo')];
      const { leaseId } = await acquire(bo, 'cities/1');
      expect(await ann.request('launch', rename('cities/1', 'cities/2'))).toMatchObject({
        ok: false,
        error: {
          code: 'conflict',
          conflicts: [{ lease: { id: leaseId }, records: ['cities/1'], recordCount: 1 }],
        },
      });
      expect((await watch(ann, 'cities/2')).records['cities/2']).toEqual([]);
    });

    it('with skip, the task gets the free records, and is refused if no record is free', async () => {
      const { connect } = await open();
      const [ann, bo] = [await connect('ann'), await connect('bo')];
      const { leaseId } = await acquire(bo, 'cities/1');
      const skip = { onConflict: 'skip' } as const;
      expect(await launched(ann, { ...rename('cities/1', 'cities/2'), ...skip })).toMatchObject({
        task: { state: 'queued', recordCount: 1 },
        skipped: ['cities/1'],
        conflicts: [{ lease: { id: leaseId } }],
        conflictCount: 1,
      });
      expect(codeOf(await ann.request('launch', { ...rename('cities/1'), ...skip }))).toBe('conflict');
    });

    it('with wait, the task has a position, and gets its records when they are free', async () => {
      const { connect } = await open();
      const [ann, bo] = [await connect('ann'), await connect('bo')];
      const lease = await acquire(bo, 'cities/1');
      const wait = { ...rename('cities/1'), onConflict: 'wait' } as const;
      const first = await launched(ann, wait);
      const second = await launched(ann, wait);
      expect([first, second]).toMatchObject([
        { task: { state: 'waiting', position: 1 }, skipped: [], conflictCount: 1 },
        { task: { state: 'waiting', position: 2 }, conflictCount: 2 },
      ]);
      expect(second.conflicts.map(({ isWaiting = false }) => isWaiting)).toEqual([false, true]);
      await ann.request('watch', { tasks: [first.task.id, second.task.id] });
      await bo.request('release', lease);
      await seesTask(
        ann,
        first.task.id,
        'the first task with its records',
        ({ state }) => state === 'queued',
      );
      await seesTask(ann, second.task.id, 'the second task at position 1', ({ position }) => position === 1);
    });

    it('a launch with the same key is the same task for its user, and another one for another user', async () => {
      const { connect } = await open();
      const [ann, again, bo] = [await connect('ann'), await connect('ann'), await connect('bo')];
      const key = { idempotencyKey: 'once' };
      const { task } = await launched(ann, { ...rename('cities/1'), ...key });
      expect((await launched(again, { ...rename('cities/1'), ...key })).task.id).toBe(task.id);
      expect((await launched(bo, { ...rename('cities/2'), ...key })).task.id).not.toBe(task.id);
    });

    it('with a lease of the user, the task holds that lease, with all of its records, and the tab is notified', async () => {
      const { connect } = await open();
      const ann = await connect('ann');
      const lease = await acquire(ann, 'cities/1');
      const message = { ...rename('cities/1', 'cities/2'), lease, idempotencyKey: 'once' };
      const { task } = await launched(ann, message);
      expect(task).toMatchObject({ leaseId: lease.leaseId, recordCount: 2 });
      expect((await launched(ann, message)).task.id).toBe(task.id);
      await until(() => received(ann, 'leaseLost').length === 1, { what: 'the transfer', timeoutMs: 10_000 });
      expect(received(ann, 'leaseLost')).toEqual([{ leaseId: lease.leaseId, reason: 'transferred' }]);
    });

    it('P4: a lease that is not in force, or has another secret, launches nothing', async () => {
      const { connect } = await open();
      const ann = await connect('ann');
      const lease = await acquire(ann, 'cities/1');
      const forged = { ...lease, secret: 'f'.repeat(24) };
      const ended = { ...lease, leaseId: '123456789' };
      for (const wrong of [forged, ended]) {
        expect(codeOf(await ann.request('launch', { ...rename('cities/1'), lease: wrong }))).toBe(
          'lease_lost',
        );
      }
      expect(await ann.request('release', lease)).toMatchObject({ ok: true });
    });

    it.each([
      ['an unknown task', { ...rename('cities/1'), task: 'unknown' }, 'not_found'],
      ['a malformed input', { ...rename(), input: { records: 7 } }, 'bad_request'],
      ['no record', rename(), 'bad_request'],
      ['an unknown resource', rename('planets/1'), 'unknown_resource'],
      ['a time to wait without waiting', { ...rename('cities/1'), waitMs: 5 }, 'bad_request'],
    ])('a launch with %s is refused', async (_case, message, code) => {
      const { connect } = await open();
      expect(codeOf(await (await connect('ann')).request('launch', message))).toBe(code);
    });

    it('P12: a user who may not launch the task, or not on these records, is refused', async () => {
      const { connect } = await open({
        authorize: ({ actor, action, records = [] }) =>
          action !== 'launch' || (actor.id === 'ann' && !records.includes('cities/2')),
      });
      const [ann, bo] = [await connect('ann'), await connect('bo')];
      expect(codeOf(await bo.request('launch', { ...rename(), input: 'nonsense' }))).toBe('forbidden');
      expect(codeOf(await ann.request('launch', rename('cities/2')))).toBe('forbidden');
      expect(codeOf(await ann.request('preview', { task: 'rename', input: { records: ['cities/2'] } }))).toBe(
        'forbidden',
      );
      await launched(ann, rename('cities/1'));
    });

    it('a launch counts as 10 messages', async () => {
      const { connect } = await open({ limits: { messagesPer10s: 10 } });
      const ann = await connect('ann');
      await launched(ann, rename('cities/1'));
      expect(codeOf(await ann.request('confirm', {}))).toBe('rate_limited');
    });
  });

  describe('preview', () => {
    it('the answer says what a launch would lock, and who blocks it, and nothing is locked', async () => {
      const { connect } = await open();
      const [ann, bo] = [await connect('ann'), await connect('bo')];
      const { leaseId } = await acquire(bo, 'cities/1');
      const input = { records: ['cities/1', 'cities/2'] };
      expect(await ann.request('preview', { task: 'rename', input })).toMatchObject({
        ok: true,
        recordCount: 2,
        records: ['cities/1', 'cities/2'],
        freeCount: 1,
        conflicts: [{ lease: { id: leaseId }, records: ['cities/1'] }],
        label: 'Rename 2 cities',
      });
      expect((await watch(ann, 'cities/2')).records['cities/2']).toEqual([]);
    });
  });

  describe('retry', () => {
    it('an ended task is launched again as a new one, once for each key', async () => {
      const { connect } = await open();
      const ann = await connect('ann');
      const { task } = await launched(ann, rename('cities/1'));
      expect(codeOf(await ann.request('retry', { taskId: task.id }))).toBe('bad_request');
      await ann.request('cancel', { taskId: task.id });
      const retry = { taskId: task.id, idempotencyKey: 'again', ...LATER };
      const again = await ann.request('retry', retry);
      expect(again).toMatchObject({ ok: true, task: { retryOf: task.id, state: 'queued', recordCount: 1 } });
      expect(await ann.request('retry', retry)).toMatchObject({ task: { id: again.ok && again.task.id } });
      expect(codeOf(await ann.request('retry', { taskId: 'unknown' }))).toBe('not_found');
    });

    it('P12: a user who may not watch the task cannot retry it', async () => {
      const { connect } = await open({
        authorize: ({ actor, action, task }) =>
          actor.id === 'ann' || !(action === 'watch' && task !== undefined),
      });
      const [ann, bo] = [await connect('ann'), await connect('bo')];
      const { task } = await launched(ann, rename('cities/1'));
      await ann.request('cancel', { taskId: task.id });
      expect(codeOf(await bo.request('retry', { taskId: task.id }))).toBe('forbidden');
    });
  });
}
