/** Reads the log from the position of a subscriber, and turns entries into steps. */
import type { TaskView } from '@rowlock/protocol';
import { type LogEntry, type LogPosition, type RawEntry, readEntry } from '../changeLog/entry.ts';
import { isGap, reportedTo } from './gapInLog.ts';
import { BEFORE_ALL, type PositionStore } from './positionStore.ts';
import type { ProgressNews } from './progressNews.ts';
import type { Step, Steps } from './subscriberSteps.ts';

const BATCH_SIZE = 100;

export interface Reader {
  /** The next steps. Empty at the end of the log. */
  read(nowMs: number): Promise<Step[]>;
}

export function createReader(
  from: LogPosition,
  parts: {
    steps: Steps;
    positions: PositionStore;
    progress: ProgressNews;
    getTasks(taskIds: string[]): Promise<TaskView[]>;
    onUnreadable(position: LogPosition, error: unknown): void;
  },
): Reader {
  const { steps, positions, progress, getTasks, onUnreadable } = parts;
  let readTo = from;
  let gapReportedTo = BEFORE_ALL;

  function readable(raw: RawEntry): LogEntry | undefined {
    try {
      return readEntry(raw);
    } catch (error) {
      onUnreadable(raw[0], error);
      return undefined;
    }
  }

  async function gapBefore(oldest: LogPosition): Promise<Step[]> {
    // This is read before the tasks. The tasks show everything up to this position, and the log has everything after it. If
    // a busy log loses more entries during this gap, the gap covers them. Entries that remain in the log are reported as
    // usual.
    const newest = (await positions.newest()) ?? oldest;
    const reached = reportedTo({ readTo, gapReportedTo });
    // The log has lost every entry that the last gap covered, so that gap is over. A new leader would continue from there.
    const begin = reached === readTo ? [] : [{ what: 'the end of a gap', position: reached }];
    readTo = reached;
    gapReportedTo = newest;
    return [...begin, ...steps.gap('trimmed', oldest)];
  }

  return {
    async read(nowMs) {
      const due = progress.due(nowMs);
      const tasks = await getTasks(due.map(({ taskId }) => taskId));
      // This is read after the tasks. If the log has nothing new, everything that they show has been reported.
      const { entries, oldest } = await positions.read(readTo, BATCH_SIZE);
      const read = entries.map((raw) => ({ position: raw[0], entry: readable(raw) }));
      const first = read[0]?.entry;
      const isWholeLog = readTo === BEFORE_ALL && first?.kind === 'epoch' && first.epoch === 1;
      if (oldest && !isWholeLog && isGap({ readTo, gapReportedTo }, oldest)) return gapBefore(oldest);
      readTo = entries.at(-1)?.[0] ?? readTo;
      if (read.length > 0) {
        return read.flatMap(({ position, entry }) => {
          // Nothing can be lost before the first entry of a new log.
          const isBeginning = isWholeLog && entry === first;
          return !entry || isBeginning ? { what: 'an entry', position } : steps.ofEntry(entry);
        });
      }
      steps.forgetGap();
      return due.flatMap(({ taskId, at }) => {
        progress.take(taskId, nowMs);
        const task = tasks.find(({ id }) => id === taskId);
        return task?.state === 'running' ? steps.ofProgress(task, readTo, at) : [];
      });
    },
  };
}
