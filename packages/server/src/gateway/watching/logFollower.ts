/**
 * Applies the change log to all that is watched, and sends the changes. Call it in the lane.
 *
 * Tasks are sent before records, so that nobody sees free records before the end of their task. Records are sent in any
 * case: the view has changed already, and a reload would find no difference.
 */
import type { LogEntry } from '../../changeLog/entry.ts';
import type { LockRegistry } from '../../locks/registry/lockRegistry.ts';
import type { Follower } from '../follower.ts';
import type { Session } from '../session/session.ts';
import { applyEntry } from '../view/applyEntry.ts';
import { TaskNews } from '../view/taskNews.ts';
import type { WatchedRecords } from '../view/watchedRecords.ts';
import type { WatchedTasks } from '../view/watchedTasks.ts';
import { readAcquiredCoverage } from './acquiredCoverage.ts';
import type { ChangeWatch } from './changeWatch.ts';
import type { RecordChange, RecordWatch } from './recordWatch.ts';
import type { TaskWatch } from './taskWatch.ts';

export function createLogFollower({
  watched,
  watchedTasks,
  recordWatch,
  changeWatch,
  taskWatch,
  registry,
}: {
  watched: WatchedRecords<Session>;
  watchedTasks: WatchedTasks<Session>;
  recordWatch: RecordWatch;
  changeWatch: ChangeWatch;
  taskWatch: TaskWatch;
  registry: Pick<LockRegistry, 'getCoverage' | 'checkRestart'>;
}): Follower {
  const readCoverage = async (entries: readonly LogEntry[]) =>
    watched.size > 0 ? readAcquiredCoverage(registry, entries) : new Map();

  return {
    async apply(entries, progress) {
      const coverage = await readCoverage(entries);
      const news = new TaskNews(watched, watchedTasks);
      const changes: RecordChange[] = [];
      try {
        for (const entry of entries) {
          if (entry.kind === 'changed') changeWatch.apply(entry);
          else if (entry.kind === 'epoch') {
            for await (const change of recordWatch.reload()) changes.push(change);
            await changeWatch.reload();
          } else
            changes.push({ records: applyEntry(watched.states, entry, coverage), position: entry.position });
          news.note(entry);
        }
        const holders = watched.leases.holdingTasks(changes.flatMap(({ records }) => records));
        await taskWatch.send(news, progress, holders);
      } finally {
        recordWatch.send(changes);
      }
    },

    async reload() {
      // The reads below then have the epoch of the present Redis.
      await registry.checkRestart();
      const changes: RecordChange[] = [];
      try {
        for await (const change of recordWatch.reload()) changes.push(change);
        await taskWatch.reload();
        await changeWatch.reload();
      } finally {
        recordWatch.send(changes);
      }
    },
  };
}
