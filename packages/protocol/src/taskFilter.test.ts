import { describe, expect, it } from 'vitest';
import type { TaskView } from './task.ts';
import { concernsTask, matchesTask } from './taskFilter.ts';

const task = { id: 't', name: 'rename', label: 'Paris', state: 'running', launchOrder: 1 } as TaskView;
const failedOnce: TaskView = { ...task, state: 'retrying', error: 'Disk full' };

describe('a filter with a text', () => {
  it('A task matches a text in its label, name, id, tags or error', () => {
    const texts = ['pari', 'RENAME', 't', 'disk'];
    expect(texts.map((text) => matchesTask(failedOnce, { text }))).toEqual([true, true, true, true]);
    expect(matchesTask({ ...task, tags: ['night'] }, { text: 'Night' })).toBe(true);
    expect(matchesTask(task, { text: 'disk' })).toBe(false);
  });

  it('A task that may have lost the error in which the text was found concerns the watcher', () => {
    expect(concernsTask(failedOnce, { text: 'disk' }, 'running')).toBe(true);
    expect(concernsTask(task, { text: 'disk' }, 'retrying')).toBe(true);
  });

  it('A task of another state or name does not concern the watcher', () => {
    expect(concernsTask(task, { text: 'disk', states: ['failed'] }, 'retrying')).toBe(false);
    expect(concernsTask(task, { text: 'disk', names: ['pay'] }, 'retrying')).toBe(false);
  });
});
