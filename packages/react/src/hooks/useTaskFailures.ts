import type { FailedRecord } from '@rowlock/protocol';
import { useCallback, useEffect, useState } from 'react';
import { systemClock } from '../core/clock.ts';
import type { RowlockClientError } from '../core/rowlockClientError.ts';
import type { TaskFailuresOutcome } from '../core/taskSource.ts';
import { useLatest } from './useLatest.ts';
import { useTask } from './useTask.ts';
import { useTaskSource } from './useTaskSource.ts';

export interface TaskFailuresState {
  /** The pages that are shown, in the order of the keys */
  failures: readonly FailedRecord[];
  /** How many rows have failed */
  total: number;
  /** True until the first answer */
  isLoading: boolean;
  hasMore: boolean;
  /** Shows the next page */
  loadMore: () => void;
  /** Why the list could not be read. The rows that were read before stay */
  error?: RowlockClientError;
  /** Asks again */
  reload: () => void;
}

export interface TaskFailuresOptions {
  /** Rows of one page. Default 100 */
  pageSize?: number;
}

type Read = Extract<TaskFailuresOutcome, { ok: true }>;

interface Answer {
  id: string;
  /** How often the application had asked for it */
  asked: number;
  read?: Read;
  error?: RowlockClientError;
}

/** While a task runs, its failed rows are read again at this interval at most. */
const AGAIN_MS = 2_000;

/**
 * The rows of a task that failed, with their reasons, page by page. Reads them again when more fail. They come by the route
 * `GET /tasks/:id/failures`: see `fetch` of `createRowlockClient`. Without an id it asks nothing.
 */
export function useTaskFailures(
  taskId: string | null | undefined,
  { pageSize = 100 }: TaskFailuresOptions = {},
): TaskFailuresState {
  const source = useTaskSource();
  const failedCount = useTask(taskId, { select: ({ task }) => task?.failedCount });
  const [answer, setAnswer] = useState<Answer>();
  const [shown, setShown] = useState({ id: taskId, pages: 1 });
  const [asked, setAsked] = useState(0);
  // Of a task that it no longer asks for, nothing is shown.
  const isOfTask = answer !== undefined && answer.id === taskId;
  const isByItself = useLatest(isOfTask && answer.asked === asked);

  // biome-ignore lint/correctness/useExhaustiveDependencies: `failedCount` and `asked` start it again
  useEffect(() => {
    if (!taskId) return;
    let isOver = false;
    const read = async () => {
      const outcome = await source.failures(taskId);
      if (isOver) return;
      setAnswer((before) => {
        const kept = before?.id === taskId ? before.read : undefined;
        if (outcome.ok) return { id: taskId, asked, read: outcome };
        return { id: taskId, asked, ...(kept && { read: kept }), error: outcome.error };
      });
    };
    const cancel = systemClock.after(isByItself.current ? AGAIN_MS : 0, () => void read());
    return () => {
      isOver = true;
      cancel();
    };
  }, [source, taskId, failedCount, asked, isByItself]);

  const pages = shown.id === taskId ? shown.pages : 1;
  const all = (isOfTask && answer.read?.failures) || [];
  return {
    failures: all.slice(0, pages * pageSize),
    total: (isOfTask && answer.read?.total) || 0,
    isLoading: Boolean(taskId) && !isOfTask,
    hasMore: all.length > pages * pageSize,
    loadMore: useCallback(
      () => setShown((before) => ({ id: taskId, pages: (before.id === taskId ? before.pages : 1) + 1 })),
      [taskId],
    ),
    ...(isOfTask && answer.error && { error: answer.error }),
    reload: useCallback(() => setAsked((before) => before + 1), []),
  };
}
