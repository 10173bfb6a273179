import type { TaskFilter, TaskState, TaskView } from '@rowlock/protocol';
import { describe, expect, it } from 'vitest';
import { WatchedTasks } from './watchedTasks.ts';

const taskOf = (id: string, state: TaskState = 'running', more: Partial<TaskView> = {}) =>
  ({
    id,
    state,
    name: 'rename',
    actor: { id: 'ann', name: 'Ann' },
    launchOrder: 1,
    label: '',
    ...more,
  }) as TaskView;
const failed: TaskFilter = { states: ['failed'] };
const running: TaskFilter = { states: ['running'] };

function watchedBy(watcher: string, filter: TaskFilter) {
  const tasks = new WatchedTasks<string>();
  tasks.watch(filter, watcher);
  return tasks;
}

describe('watched tasks', () => {
  it('watched tasks know the watchers by id and the watchers of all', () => {
    const tasks = new WatchedTasks<string>();
    tasks.watch(['a', 'b'], 'ann');
    tasks.watch({}, 'bo');
    expect([...tasks.noteChange(taskOf('a'))].sort()).toEqual(['ann', 'bo']);
    expect([...tasks.noteChange(taskOf('c'))]).toEqual(['bo']);
    expect(tasks.isWatchedBy('bo', taskOf('c'))).toBe(true);
    expect(tasks.isWatchedBy('ann', taskOf('c'))).toBe(false);
    expect(tasks.ids()).toEqual(['a', 'b']);
  });

  it('watched tasks say what a watcher would watch in addition', () => {
    const tasks = new WatchedTasks<string>();
    tasks.watch(['a'], 'ann');
    expect(tasks.notWatchedBy('ann', ['a', 'b'])).toEqual(['b']);
    expect(tasks.notWatchedBy('ann', failed)).toBe(failed);
    tasks.watch({ states: ['failed'] }, 'ann');
    expect(tasks.notWatchedBy('ann', failed)).toEqual([]);
    expect(tasks.countFilters('ann')).toBe(1);
  });

  it('a task is watched until its last watcher has left', () => {
    const tasks = new WatchedTasks<string>();
    tasks.watch(['a'], 'ann');
    tasks.watch({}, 'bo');
    tasks.forget('ann');
    expect(tasks.isWatched('a')).toBe(true);
    tasks.forget('bo');
    expect(tasks.isWatched('a')).toBe(false);
    expect(tasks.filters()).toEqual([]);
  });

  it('two filters with the same words in another order are one', () => {
    const tasks = watchedBy('ann', { states: ['failed', 'running'], names: ['a', 'b'] });
    tasks.watch({ names: ['b', 'a'], states: ['running', 'failed'] }, 'bo');
    expect(tasks.filters()).toHaveLength(1);
    tasks.unwatch({ states: ['running', 'failed'], names: ['b', 'a'] }, 'ann');
    expect([...tasks.noteChange(taskOf('t', 'failed', { name: 'a' }))]).toEqual(['bo']);
  });
});

describe('the watcher of a filter', () => {
  it('the watcher gets a task that begins to match, changes, and stops matching, and not after that', () => {
    const tasks = watchedBy('ann', running);
    const gets = (state: TaskState, isLaunched = false) =>
      tasks.noteChange(taskOf('t', state), isLaunched).size > 0;
    expect(gets('queued', true)).toBe(false);
    expect(gets('running')).toBe(true);
    expect(gets('running')).toBe(true);
    expect(gets('retrying')).toBe(true);
    expect(gets('queued')).toBe(false);
    expect(gets('running')).toBe(true);
    expect(gets('completed')).toBe(true);
  });

  it('P9: the watcher gets a task once of which nothing was seen, since it may have matched', () => {
    const tasks = watchedBy('ann', running);
    expect(tasks.noteChange(taskOf('t', 'retrying')).size).toBe(1);
    expect(tasks.noteChange(taskOf('t', 'retrying')).size).toBe(0);
    tasks.noteGap();
    expect(tasks.noteChange(taskOf('t', 'retrying')).size).toBe(1);
  });

  it('P9: states that were seen before the first filter do not count', () => {
    const tasks = watchedBy('ann', running);
    tasks.noteChange(taskOf('t', 'queued'), true);
    tasks.unwatch(running, 'ann');
    tasks.watch(running, 'ann');
    expect(tasks.noteChange(taskOf('t', 'completed')).size).toBe(1);
  });

  it('P9: the watcher of a text gets a task whose error had the text until its next attempt', () => {
    const tasks = watchedBy('ann', { text: 'disk' });
    expect(tasks.noteChange(taskOf('t', 'retrying', { error: 'Disk full' })).size).toBe(1);
    expect(tasks.noteChange(taskOf('t', 'running')).size).toBe(1);
    expect(tasks.isWatchedBy('ann', taskOf('t', 'running'))).toBe(false);
  });

  it('the watcher gets no task of another name, user, tag or time', () => {
    const task = taskOf('t', 'failed', {
      name: 'pay',
      tags: ['FR', 'night'],
      launchOrder: 5_000,
    });
    const matches = (filter: TaskFilter) => watchedBy('ann', filter).noteChange(task).size > 0;
    expect([{ names: ['pay'] }, { actorId: 'ann' }, { tags: ['night', 'FR'] }].map(matches)).toEqual([
      true,
      true,
      true,
    ]);
    expect([{ launchedAfter: 5 }, { launchedBefore: 6 }].map(matches)).toEqual([true, true]);
    expect([{ names: ['x'] }, { actorId: 'bo' }, { tags: ['FR', 'x'] }].map(matches)).toEqual([
      false,
      false,
      false,
    ]);
    expect([{ launchedAfter: 6 }, { launchedBefore: 5 }].map(matches)).toEqual([false, false]);
  });

  it('the watcher may see the result of a task that matches, and the watcher of its rows may not', () => {
    const tasks = watchedBy('ann', { states: ['completed'] });
    const task = taskOf('t', 'completed', { result: 1 });
    expect(tasks.asSeenBy('ann', task)).toHaveProperty('result');
    expect(tasks.asSeenBy('bo', task)).not.toHaveProperty('result');
  });
});
