/** The results of the React kit for people. */
import type { BarResult } from '../report/bars.ts';
import { inDigits, markdownTable } from '../report/markdown.ts';
import { barTable, machineLine } from '../report/tables.ts';
import type { ReactReport } from './reactReport.ts';

export function reactTables(report: ReactReport, bars: readonly BarResult[]): string {
  const { rerender, progress, mount } = report;
  return [
    machineLine(report),
    `Chromium ${report.browser}.`,
    `### A lock event for ${rerender.concerned} of ${inDigits(rerender.rows)} rows`,
    `${rerender.rendered} rows rendered again.`,
    `### ${inDigits(progress.eventsPerSecond)} progress events a second on ${inDigits(progress.rows)} rows and ${progress.bars} bars`,
    markdownTable(
      ['tasks over 50 ms', 'longest, ms', 'keys pressed', 'longest delay of a key, ms'],
      [
        [
          inDigits(progress.longTasks),
          inDigits(progress.longestTaskMs),
          inDigits(progress.keys),
          inDigits(progress.inputDelayMaxMs),
        ],
      ],
    ),
    `### Mounting ${inDigits(mount.hooks)} hooks`,
    markdownTable(
      ['hook', 'median ms', 'ratio'],
      [
        ['bare useSyncExternalStore', inDigits(mount.bareMs), '1 ×'],
        ['useRecordLock', inDigits(mount.recordLockMs), `${inDigits(mount.recordLockMs / mount.bareMs)} ×`],
        ['useTaskLock', inDigits(mount.taskLockMs), `${inDigits(mount.taskLockMs / mount.bareMs)} ×`],
      ],
    ),
    barTable(bars),
  ].join('\n\n');
}
