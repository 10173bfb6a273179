import type { Holder, LeaseView } from '@rowlock/protocol';
import { describe, expect, it } from 'vitest';
import type { LogEntry } from '../../changeLog/entry.ts';
import { applyEntry } from './applyEntry.ts';
import { TaskNews } from './taskNews.ts';
import { WatchedRecords } from './watchedRecords.ts';
import { WatchedTasks } from './watchedTasks.ts';

const task: Holder = { type: 'task', id: 't', label: 'Rename', actor: { id: 'ann', name: 'Ann' } };
const lease: LeaseView = { id: '7', mode: 'exclusive', holder: task, since: 0, recordCount: 1 };
const acquired: LogEntry = { kind: 'acquired', position: '6-0', lease };
const ended: LogEntry = {
  kind: 'task',
  position: '7-0',
  taskId: 't',
  state: 'completed',
  event: 'completed',
  version: 3,
};
const released: LogEntry = { kind: 'released', position: '7-0', leaseId: '7', reason: 'ended' };

/** Bo watches a row, and entries are applied to it and noted. */
function newsOf(...entries: LogEntry[]) {
  const records = new WatchedRecords<string>();
  const tasks = new WatchedTasks<string>();
  records.states.load(records.watch(['cities/1'], 'bo'), {
    position: '5-0',
    held: new Map(),
    leases: new Map(),
  });
  const news = new TaskNews(records, tasks);
  const coverage = new Map([['7', { records: ['cities/1' as const], subtrees: [] }]]);
  for (const entry of entries) {
    applyEntry(records.states, entry, coverage);
    news.note(entry);
  }
  return { news, tasks };
}

describe('the news of tasks in a batch of the log', () => {
  it('a task that acquires a watched row is news for the watchers of the row', () => {
    const { news } = newsOf(acquired);
    expect(news.taskIds()).toEqual(['t']);
    expect([...news.rowWatchersOf('t')!]).toEqual(['bo']);
  });

  it('a task that ends in the same batch as its lease is news for the watchers of its rows', () => {
    const { news } = newsOf(acquired, ended, released);
    expect([...news.rowWatchersOf('t')!]).toEqual(['bo']);
    expect(news.isOfInterest('t')).toBe(false);
  });

  it('a task that nobody watches is no news', () => {
    const { news } = newsOf(ended);
    expect(news.taskIds()).toEqual([]);
    expect(news.rowWatchersOf('t')).toBeUndefined();
  });

  it('a task that is watched by its id is news, even if nobody watches its rows', () => {
    const { news, tasks } = newsOf();
    tasks.watch(['t'], 'chen');
    news.note(ended);
    expect(news.taskIds()).toEqual(['t']);
    expect([...news.rowWatchersOf('t')!]).toEqual([]);
  });

  it('a task that gets a lease from a person is news', () => {
    const transferred: LogEntry = {
      kind: 'transferred',
      position: '7-0',
      leaseId: '7',
      holder: { ...task, id: 'u' },
      from: task,
    };
    const { news } = newsOf(acquired, transferred);
    expect(news.taskIds()).toEqual(['t', 'u']);
    expect([...news.rowWatchersOf('u')!]).toEqual(['bo']);
  });

  it('a lease of a person is no news of a task', () => {
    const person: Holder = { ...task, type: 'person', id: 's' };
    const { news } = newsOf({ kind: 'acquired', position: '6-0', lease: { ...lease, holder: person } });
    expect(news.taskIds()).toEqual([]);
  });
});
