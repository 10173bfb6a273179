/** The results of tasks for people: a heading and a table for each part. */
import type { BarResult } from '../report/bars.ts';
import { inDigits, markdownTable } from '../report/markdown.ts';
import { barTable, machineLine } from '../report/tables.ts';
import type { TaskReport } from './benchTasks.ts';

export function taskTables(report: TaskReport, bars: readonly BarResult[]): string {
  const { launches, progress, throughputs } = report;
  const times = (a: number, b: number) => `${inDigits(a / b)} ×`;
  return [
    machineLine(report),
    '### Launching: median ms',
    markdownTable(
      ['records', 'launch', 'bare queue.add', 'acquire alone'],
      launches.map((one) => [one.records, one.launchMs, one.addMs, one.acquireMs].map(inDigits)),
    ),
    `### Reporting progress: median ms of a run of ${inDigits(progress.units)} units of 10 µs`,
    markdownTable(
      ['each unit reported', 'no reports', 'ratio'],
      [
        [
          inDigits(progress.reportingMs),
          inDigits(progress.silentMs),
          times(progress.reportingMs, progress.silentMs),
        ],
      ],
    ),
    '### Tasks completed in a second',
    markdownTable(
      ['work of each, ms', 'at once', 'rowlock', 'peer', 'rowlock ÷ peer', 'bare BullMQ', 'rowlock ÷ bare'],
      throughputs.map((one) => [
        inDigits(one.workMs),
        inDigits(one.concurrency),
        inDigits(one.tasksPerSecond),
        inDigits(one.peerJobsPerSecond),
        `${inDigits(one.toPeer)} ×`,
        inDigits(one.bareJobsPerSecond),
        `${inDigits(one.toBare)} ×`,
      ]),
    ),
    barTable(bars),
  ].join('\n\n');
}
