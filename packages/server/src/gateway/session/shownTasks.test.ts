import type { TaskState, TaskView } from '@rowlock/protocol';
import { describe, expect, it } from 'vitest';
import { ShownTasks } from './shownTasks.ts';

const task = (id: string, state: TaskState = 'running') => ({ id, state }) as TaskView;

describe('the tasks that a session was sent', () => {
  it('a task that was sent is remembered until it is hidden', () => {
    const shown = new ShownTasks();
    shown.note(task('a'));
    shown.note(task('b', 'completed'));
    expect(shown.ids()).toEqual(['a', 'b']);
    shown.delete('a');
    expect([shown.has('a'), shown.has('b')]).toEqual([false, true]);
  });

  it('all running tasks are remembered, and the newest 200 that have ended', () => {
    const shown = new ShownTasks();
    for (let i = 0; i < 300; i++) shown.note(task(`running ${i}`));
    for (let i = 0; i < 300; i++) shown.note(task(`ended ${i}`, 'failed'));
    expect(shown.ids()).toHaveLength(500);
    expect([shown.has('running 0'), shown.has('ended 99'), shown.has('ended 100')]).toEqual([
      true,
      false,
      true,
    ]);
  });

  it('a task that ends is remembered once', () => {
    const shown = new ShownTasks();
    shown.note(task('a'));
    shown.note(task('a', 'completed'));
    expect(shown.ids()).toEqual(['a']);
  });
});
