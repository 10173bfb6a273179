/** `cancel`. */
import { describe, expect, it } from 'vitest';
import type { OpenSubject } from '../subject/subject.ts';
import { codeOf, seesTask } from './tabs.ts';

export function cancelling(open: OpenSubject): void {
  describe('cancel', () => {
    it('the answer is the task that was asked to stop, and its watchers see it', async () => {
      const { connect, startTask } = await open();
      const [ann, bo] = [await connect('ann'), await connect('bo')];
      const task = await startTask({ label: 'Rename', records: ['cities/1'] });
      await bo.request('watch', { tasks: [task.id] });
      expect(await ann.request('cancel', { taskId: task.id })).toMatchObject({
        ok: true,
        task: { id: task.id, cancelRequested: true },
      });
      await seesTask(bo, task.id, 'the request to stop', ({ cancelRequested }) => cancelRequested);
    });

    it('a task that has ended stays as it is', async () => {
      const { connect, startTask } = await open();
      const task = await startTask({ label: 'Rename', records: ['cities/1'] });
      await task.end('completed');
      expect(await (await connect('ann')).request('cancel', { taskId: task.id })).toMatchObject({
        ok: true,
        task: { state: 'completed', cancelRequested: false },
      });
    });

    it('an unknown task is not found', async () => {
      const { connect } = await open();
      expect(codeOf(await (await connect('ann')).request('cancel', { taskId: 'unknown' }))).toBe('not_found');
    });

    it('P12: a user who may not cancel a task is refused', async () => {
      const { connect, startTask } = await open({ authorize: ({ action }) => action !== 'cancel' });
      const ann = await connect('ann');
      const task = await startTask({ label: 'Rename', records: ['cities/1'] });
      expect(codeOf(await ann.request('cancel', { taskId: task.id }))).toBe('forbidden');
      expect(await ann.request('watch', { tasks: [task.id] })).toMatchObject({
        tasks: [{ state: 'running', cancelRequested: false }],
      });
    });
  });
}
