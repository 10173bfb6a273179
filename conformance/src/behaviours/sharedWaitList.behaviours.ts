/** The wait list of a tab and of a task is the same one: `acquire` and `launch` with `wait`. */
import type { LeaseId, TaskView } from '@rowlock/protocol';
import { until } from '@rowlock/test-utils';
import { describe, expect, it } from 'vitest';
import type { Connection, OpenSubject } from '../subject/subject.ts';
import { acquire, codeOf, joinWaitList, received, secretOf, seesAcquired, seesTask } from './tabs.ts';

/** Once it has its records, the task stays queued for as long as a test lasts. */
const LATER = { delayMs: 60_000 };

/** Launches a task that waits for its records. The tab watches it. */
async function launchWaiting(tab: Connection, ...records: string[]): Promise<TaskView> {
  const message = { task: 'rename', input: { records }, onConflict: 'wait', ...LATER } as const;
  const answer = await tab.request('launch', message);
  if (!answer.ok) throw new Error(answer.error.message);
  await tab.request('watch', { tasks: [answer.task.id] });
  return answer.task;
}

const seesQueued = (tab: Connection, { id }: TaskView) =>
  seesTask(tab, id, 'the task with its records', ({ state }) => state === 'queued');

const seesPosition = (tab: Connection, leaseId: LeaseId, position: number) =>
  until(
    () =>
      received(tab, 'leaseWaiting').findLast((waiting) => waiting.leaseId === leaseId)?.position === position,
    { what: `position ${position}` },
  );

export function sharedWaitList(open: OpenSubject): void {
  describe('the wait list of tabs and tasks', () => {
    it('a task that came first gets the records before a tab', async () => {
      const { connect } = await open();
      const [ann, bo, cy] = [await connect('ann'), await connect('bo'), await connect('cy')];
      const held = await acquire(bo, 'cities/1');
      const task = await launchWaiting(ann, 'cities/1');
      const { waiting, conflicts } = await joinWaitList(cy, 'cities/1');
      expect(waiting.position).toBe(2);
      expect(conflicts).toContainEqual(
        expect.objectContaining({ isWaiting: true, task: expect.objectContaining({ id: task.id }) }),
      );
      await bo.request('release', held);
      await seesQueued(ann, task);
      await seesPosition(cy, waiting.id, 1);
      await ann.request('cancel', { taskId: task.id });
      await seesAcquired(cy, waiting.id);
    });

    it('a tab that came first gets the records before a task', async () => {
      const { connect } = await open();
      const [ann, bo, cy] = [await connect('ann'), await connect('bo'), await connect('cy')];
      const held = await acquire(bo, 'cities/1');
      const { waiting } = await joinWaitList(cy, 'cities/1');
      const task = await launchWaiting(ann, 'cities/1');
      expect(task).toMatchObject({ state: 'waiting', position: 2, recordCount: 1 });
      await bo.request('release', held);
      await seesAcquired(cy, waiting.id);
      await seesTask(ann, task.id, 'the task at position 1', ({ position }) => position === 1);
      await cy.request('release', secretOf(waiting));
      await seesQueued(ann, task);
    });

    it('a waiting task gets its records when a lease releases them and keeps others', async () => {
      const { connect } = await open();
      const [ann, bo] = [await connect('ann'), await connect('bo')];
      const held = await acquire(bo, 'cities/1', 'cities/2');
      const task = await launchWaiting(ann, 'cities/1');
      expect(await bo.request('release', { ...held, records: ['cities/1'] })).toMatchObject({
        recordCount: 1,
      });
      await seesQueued(ann, task);
    });

    it('a launch is refused, or skips the record, while a tab waits for it', async () => {
      const { connect } = await open();
      const [ann, bo, cy] = [await connect('ann'), await connect('bo'), await connect('cy')];
      await acquire(bo, 'cities/1');
      const { waiting } = await joinWaitList(cy, 'cities/1', 'cities/2');
      const rename = { task: 'rename', input: { records: ['cities/2', 'cities/3'] }, ...LATER };
      expect(await ann.request('launch', rename)).toMatchObject({
        ok: false,
        error: { code: 'conflict', conflicts: [{ isWaiting: true, lease: { id: waiting.id } }] },
      });
      expect(await ann.request('launch', { ...rename, onConflict: 'skip' })).toMatchObject({
        ok: true,
        task: { recordCount: 1 },
        skipped: ['cities/2'],
      });
    });

    it('a tab is refused while a task waits for the record', async () => {
      const { connect } = await open();
      const [ann, bo, cy] = [await connect('ann'), await connect('bo'), await connect('cy')];
      await acquire(bo, 'cities/1');
      const task = await launchWaiting(ann, 'cities/1', 'cities/2');
      const answer = await cy.request('acquire', { records: ['cities/2'] });
      expect(answer).toMatchObject({
        ok: false,
        error: { code: 'conflict', conflicts: [{ isWaiting: true, task: { id: task.id } }] },
      });
      await ann.request('cancel', { taskId: task.id });
      await acquire(cy, 'cities/2');
    });

    it('a tab that would wait in a circle through a waiting task is refused', async () => {
      const { connect } = await open();
      const [ann, bo] = [await connect('ann'), await connect('bo')];
      await acquire(bo, 'cities/1');
      await launchWaiting(ann, 'cities/1', 'cities/2');
      const answer = await bo.request('acquire', { records: ['cities/2'], onConflict: 'wait' });
      expect(codeOf(answer)).toBe('conflict');
    });
  });
}
