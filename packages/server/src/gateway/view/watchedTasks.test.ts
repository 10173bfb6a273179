import { describe, expect, it } from 'vitest';
import { WatchedTasks } from './watchedTasks.ts';

describe('watched tasks', () => {
  it('watched tasks know the watchers by id and the watchers of all', () => {
    const tasks = new WatchedTasks<string>();
    tasks.watch(['a', 'b'], 'ann');
    tasks.watch('all', 'bo');
    expect([...tasks.watchersOf('a')].sort()).toEqual(['ann', 'bo']);
    expect([...tasks.watchersOf('c')]).toEqual(['bo']);
    expect(tasks.isWatchedBy('bo', 'c')).toBe(true);
    expect(tasks.isWatchedBy('ann', 'c')).toBe(false);
    expect(tasks.ids()).toEqual(['a', 'b']);
  });

  it('watched tasks say what a watcher would watch in addition', () => {
    const tasks = new WatchedTasks<string>();
    tasks.watch(['a'], 'ann');
    expect(tasks.notWatchedBy('ann', ['a', 'b'])).toEqual(['b']);
    expect(tasks.notWatchedBy('ann', 'all')).toBe('all');
    tasks.watch('all', 'ann');
    expect(tasks.notWatchedBy('ann', 'all')).toEqual([]);
  });

  it('a task is watched until its last watcher has left', () => {
    const tasks = new WatchedTasks<string>();
    tasks.watch(['a'], 'ann');
    tasks.watch('all', 'bo');
    tasks.forget('ann');
    expect(tasks.isWatched('a')).toBe(true);
    tasks.forget('bo');
    expect(tasks.isWatched('a')).toBe(false);
    expect(tasks.areAllWatched).toBe(false);
  });
});
