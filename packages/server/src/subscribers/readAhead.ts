/** Reads the log on from where a set stands, and makes of it what is to be told. */
import type { TaskView } from '@rowlock/protocol';
import { type LogEntry, type LogPosition, type RawEntry, readEntry } from '../changeLog/entry.ts';
import { isGap, toldTo } from './gapInLog.ts';
import { BEFORE_ALL, type PositionStore } from './positionStore.ts';
import type { ProgressNews } from './progressNews.ts';
import type { Step, Steps } from './subscriberSteps.ts';

const BATCH_SIZE = 100;

export interface Reader {
  /** What is to be told next; nothing where all has been. */
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
    // Before the tasks are read: they tell what came to this place, and the log what comes after it. So where a busy log
    // loses more while they are told, this gap has told it. What the log still holds by then is told too, as ever.
    const newest = (await positions.newest()) ?? oldest;
    const reached = toldTo({ readTo, gapReportedTo });
    // Nothing is left of what the last gap has told, so the set has come to its end: from there a next leader goes on.
    const begin = reached === readTo ? [] : [{ what: 'the end of a gap', position: reached }];
    readTo = reached;
    gapReportedTo = newest;
    return [...begin, ...steps.gap('trimmed', oldest)];
  }

  return {
    async read(nowMs) {
      const due = progress.due(nowMs);
      const tasks = await getTasks(due.map(({ taskId }) => taskId));
      // After the tasks: where the log holds nothing now, it has told all that they show.
      const { entries, oldest } = await positions.read(readTo, BATCH_SIZE);
      const read = entries.map((raw) => ({ position: raw[0], entry: readable(raw) }));
      const first = read[0]?.entry;
      const isWholeLog = readTo === BEFORE_ALL && first?.kind === 'epoch' && first.epoch === 1;
      if (oldest && !isWholeLog && isGap({ readTo, gapReportedTo }, oldest)) return gapBefore(oldest);
      readTo = entries.at(-1)?.[0] ?? readTo;
      if (read.length > 0) {
        return read.flatMap(({ position, entry }) => {
          // Where the log has begun there was nothing that could have been lost.
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
