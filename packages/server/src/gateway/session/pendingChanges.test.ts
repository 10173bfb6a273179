import type { TaskView } from '@rowlock/protocol';
import { describe, expect, it } from 'vitest';
import { PendingChanges } from './pendingChanges.ts';

const task = (id: string, version: number) => ({ id, version }) as TaskView;

describe('pending changes', () => {
  it('pending changes name each record once, and keep the newest state of each task', () => {
    const changes = new PendingChanges();
    changes.noteRecords(['cities/1', 'cities/2']);
    changes.noteRecords(['cities/1']);
    changes.noteTask(task('a', 2));
    changes.noteTask(task('a', 3));
    changes.noteTask(task('a', 1));
    changes.noteTask(task('b', 1));
    expect(changes.take()).toEqual({
      records: ['cities/1', 'cities/2'],
      tasks: [task('a', 3), task('b', 1)],
    });
  });

  it('pending changes name no record that is no longer watched', () => {
    const changes = new PendingChanges();
    changes.noteRecords(['cities/1', 'cities/2']);
    changes.noteChanged(['cities/1']);
    changes.drop(['cities/1']);
    expect(changes.take()).toEqual({ records: ['cities/2'], tasks: [] });
  });

  it('pending changes are empty after they were taken', () => {
    const changes = new PendingChanges();
    expect(changes.isEmpty).toBe(true);
    changes.noteTask(task('a', 1));
    expect(changes.isEmpty).toBe(false);
    changes.take();
    expect(changes.isEmpty).toBe(true);
    expect(changes.take()).toEqual({ records: [], tasks: [] });
  });
});
