import type { Conflict, LockMode, Preview, RecordKey } from '@rowlock/protocol';
import { useCallback, useMemo, useSyncExternalStore } from 'react';
import { FREE, type RecordForecast } from '../core/forecast/recordForecast.ts';
import { type ForecastSummary, summarizeForecast } from '../core/forecast/summarizeForecast.ts';
import { ForecastObserver } from '../core/forecastObserver.ts';
import type { RowlockClientError } from '../core/rowlockClientError.ts';
import { forecastTexts } from '../messages/forecastTexts.ts';
import { useClient, useTexts } from './contexts.ts';
import type { TaskLock } from './useTaskLock.ts';

/** The rows in question: those of `useTaskLock`, the conflicts of a refusal, or the preview of a launch. */
export type ForecastSubject =
  | Pick<TaskLock, 'records' | 'conflicts'>
  | readonly Conflict[]
  | Pick<Preview, 'conflicts' | 'freeCount'>;

export interface Forecast {
  /** True before the first answer of the server */
  isPending: boolean;
  /** "22 rows are free now, 3 in about 2 min". Empty while `isPending` */
  text: string;
  /** How many rows are free, how many will be when, and of how many nobody knows */
  summary: ForecastSummary;
  /** When one row will be free. A row that the subject does not name is `free` */
  getForecast(record: RecordKey): RecordForecast;
  /** The same in words: "Free in about 2 min". Empty while `isPending` */
  getText(record: RecordKey): string;
  /** Unix time in ms by the server's clock, to which the forecast belongs */
  nowMs: number;
  /** Why the server refuses to say */
  error?: RowlockClientError;
}

/** Rows that a conflict counts and does not name, by their lease. */
interface Unnamed {
  leaseId: string;
  count: number;
}

const NOTHING: readonly Conflict[] = [];

interface Rows {
  records: readonly RecordKey[];
  unnamed: readonly Unnamed[];
  freeCount: number;
}

/**
 * When rows will be free, live, at most one update a second. A conflict names at most 20 of its rows: the others count as free when
 * its holder ends. Without a subject, as before a preview, it is pending. `mode`: of the lease that is wanted, default `exclusive`.
 */
export function useForecast(
  subject: ForecastSubject | undefined,
  { mode = 'exclusive' }: { mode?: LockMode } = {},
): Forecast {
  const client = useClient();
  const rows = useRows(subject ?? NOTHING);
  const observer = useMemo(() => new ForecastObserver(client, rows.records, mode), [client, rows, mode]);
  const subscribe = useCallback((listener: () => void) => observer.subscribe(listener), [observer]);
  const state = useSyncExternalStore(subscribe, observer.getState, observer.getState);
  const texts = useTexts(forecastTexts);
  const hasSubject = subject !== undefined;
  return useMemo(() => {
    const { nowMs, getForecast, getLeaseForecast, error } = state;
    const isPending = state.isPending || !hasSubject;
    const counts: [RecordForecast, number][] = [
      [FREE, rows.freeCount],
      ...rows.records.map((record): [RecordForecast, number] => [getForecast(record), 1]),
      ...rows.unnamed.map(({ leaseId, count }): [RecordForecast, number] => [
        getLeaseForecast(leaseId),
        count,
      ]),
    ];
    const named = new Set(rows.records);
    const forecastOf = (record: RecordKey) => (named.has(record) ? getForecast(record) : FREE);
    const summary = summarizeForecast(counts, nowMs);
    return {
      isPending,
      nowMs,
      summary,
      text: isPending ? '' : texts.freeInSummary(summary, nowMs),
      getForecast: forecastOf,
      getText: (record) => (isPending ? '' : texts.freeIn(forecastOf(record), nowMs)),
      ...(error && { error }),
    };
  }, [state, rows, texts, hasSubject]);
}

/** The same object for as long as it has the same content: conflicts come as new arrays. */
function useRows(subject: ForecastSubject): Rows {
  const isPreview = 'freeCount' in subject;
  const freeCount = isPreview ? subject.freeCount : 0;
  const records = 'records' in subject && !isPreview ? subject.records : undefined;
  const conflicts = 'conflicts' in subject ? subject.conflicts : subject;
  const key = useMemo(
    () =>
      JSON.stringify(records ? { records, unnamed: [], freeCount } : { ...readRows(conflicts), freeCount }),
    [records, conflicts, freeCount],
  );
  return useMemo(() => JSON.parse(key) as Rows, [key]);
}

function readRows(conflicts: readonly Conflict[]): Omit<Rows, 'freeCount'> {
  const records = [...new Set(conflicts.flatMap((conflict) => conflict.records))];
  // A row of a waiting lease is mostly one of a lease in force, too.
  const unnamed = conflicts
    .filter(({ isWaiting, recordCount, records: some }) => !isWaiting && recordCount > some.length)
    .map(({ lease, recordCount, records: some }) => ({
      leaseId: lease.id,
      count: recordCount - some.length,
    }));
  return { records, unnamed };
}
