/** The bars of Rowlock's tasks. `--check` fails if one of them is missed. */
import type { BarResult } from '../report/bars.ts';
import { rounded } from '../report/statistics.ts';
import type { TaskReport } from './benchTasks.ts';

export function judgeTasks({ launches, progress, throughputs }: TaskReport): BarResult[] {
  const atMost = (what: string, value: number, limit: number): BarResult => ({
    what,
    value: rounded(value),
    limit,
    sense: 'at most',
    unit: '×',
    isMet: value <= limit,
  });
  return [
    ...launches.map(({ records, launchMs, addMs, acquireMs }) =>
      records === 1
        ? atMost('launch with 1 record, relative to the time of a bare queue.add', launchMs / addMs, 2)
        : atMost(
            `launch with ${records.toLocaleString('en')} records, without their acquire, relative to the time of a bare queue.add`,
            (launchMs - acquireMs) / addMs,
            2,
          ),
    ),
    atMost(
      `run that reports each of its ${progress.units.toLocaleString('en')} units of 10 µs, relative to a run without reports`,
      progress.reportingMs / progress.silentMs,
      1.05,
    ),
    ...throughputs.map(
      ({ concurrency, workMs, toPeer }): BarResult => ({
        what: `tasks of ${workMs} ms completed in a second, ${concurrency} at once, relative to the peer's`,
        value: toPeer,
        limit: 1,
        sense: 'at least',
        unit: '×',
        isMet: toPeer >= 1,
      }),
    ),
  ];
}
