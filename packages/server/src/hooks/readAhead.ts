/** Reads the log on from where a set stands, and makes of it what is to be told. */
import type { TaskView } from '@rowlock/protocol';
import { type Cursor, type LogEntry, type RawEntry, readEntry } from '../log/entry.ts';
import type { Step, Steps } from './hookSteps.ts';
import { BEFORE_ALL, type PositionStore } from './positionStore.ts';
import type { ProgressNews } from './progressNews.ts';

const BATCH_SIZE = 100;

export interface Reader {
  /** What is to be told next; nothing where all has been. */
  read(nowMs: number): Promise<Step[]>;
}

export function createReader(
  from: Cursor,
  parts: {
    steps: Steps;
    positions: PositionStore;
    progress: ProgressNews;
    getTasks(taskIds: string[]): Promise<TaskView[]>;
    onUnreadable(cursor: Cursor, error: unknown): void;
  },
): Reader {
  const { steps, positions, progress, getTasks, onUnreadable } = parts;
  let readTo = from;
  /** The oldest entry that was there after a gap which is told already. */
  let gapEndsAt: Cursor | undefined;

  function readable(raw: RawEntry): LogEntry | undefined {
    try {
      return readEntry(raw);
    } catch (error) {
      onUnreadable(raw[0], error);
      return undefined;
    }
  }

  return {
    async read(nowMs) {
      const due = progress.due(nowMs);
      const tasks = await getTasks(due.map(({ taskId }) => taskId));
      // After the tasks: where the log holds nothing now, it has told all that they show.
      const { entries, oldest, isTrimmed } = await positions.read(readTo, BATCH_SIZE);
      const read = entries.map((raw) => ({ cursor: raw[0], entry: readable(raw) }));
      const first = read[0]?.entry;
      const isWholeLog = readTo === BEFORE_ALL && first?.kind === 'epoch' && first.epoch === 1;
      if (oldest && isTrimmed && !isWholeLog && oldest !== gapEndsAt) {
        gapEndsAt = oldest;
        return steps.gap('trimmed', oldest);
      }
      readTo = entries.at(-1)?.[0] ?? readTo;
      if (read.length > 0) {
        return read.flatMap(({ cursor, entry }) => {
          // Where the log has begun there was nothing that could have been lost.
          const isBeginning = isWholeLog && entry === first;
          return !entry || isBeginning ? { what: 'an entry', cursor } : steps.ofEntry(entry);
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
