/** The results of the live channel for people: a heading and a table for each part that ran. */
import type { BarResult } from '../report/bars.ts';
import { inDigits, markdownTable } from '../report/markdown.ts';
import { barTable, machineLine } from '../report/tables.ts';
import type { LiveReport } from './liveReport.ts';

export function liveTables(report: LiveReport, bars: readonly BarResult[]): string {
  return [
    machineLine(report),
    report.limitedBy ?? '',
    firstTable(report),
    steadyTable(report),
    messageTable(report),
    memoryTable(report),
    reachTable(report),
    pollingTable(report),
    barTable(bars),
  ]
    .filter((part) => part !== '')
    .join('\n\n');
}

const titled = (title: string, head: readonly string[], rows: readonly (readonly string[])[]): string =>
  `### ${title}\n\n${markdownTable(head, rows)}`;
const times = (ratio: number): string => `${inDigits(ratio)} ×`;

function firstTable({ first }: LiveReport): string {
  if (!first) return '';
  return titled(
    `First progress after a pause of ${inDigits(first.pauseMs)} ms, from worker to client`,
    ['system', 'median ms', '99th percentile', 'ratio'],
    [
      ['rowlock', inDigits(first.ownMs), inDigits(first.ownP99Ms), times(first.ratio)],
      ['XADD, XREAD and emit by hand', inDigits(first.byHandMs), inDigits(first.byHandP99Ms), '1 ×'],
    ],
  );
}

function steadyTable({ steady }: LiveReport): string {
  if (!steady) return '';
  return titled(
    'Steady progress of one task',
    ['screens', 'that show it', 'updates a second', 'age of the shown value, ms', '99th percentile'],
    [
      [
        inDigits(steady.screens),
        inDigits(steady.watching),
        inDigits(steady.updatesPerSecond),
        inDigits(steady.ageMs),
        inDigits(steady.ageP99Ms),
      ],
    ],
  );
}

function messageTable({ message }: LiveReport): string {
  if (!message) return '';
  return titled(
    `CPU of the server for a message, ${inDigits(message.screens)} screens, bulk locks`,
    ['system', 'µs a message', 'bytes a message', 'ratio'],
    [
      ['rowlock', inDigits(message.ownMicros), inDigits(message.ownBytes), times(message.ratio)],
      ['raw socket.emit', inDigits(message.bareMicros), inDigits(message.bareBytes), '1 ×'],
    ],
  );
}

function memoryTable({ memory }: LiveReport): string {
  if (!memory) return '';
  return titled(
    `Memory of the server for a connection, at ${inDigits(memory.screens)}`,
    ['connection', 'KiB', 'ratio', 'CPU of connecting, ms'],
    [
      [
        'rowlock, with 25 watched records',
        inDigits(memory.ownKiB),
        times(memory.ratio),
        inDigits(memory.ownCpuMs),
      ],
      ['bare Socket.IO', inDigits(memory.bareKiB), '1 ×', inDigits(memory.bareCpuMs)],
    ],
  );
}

function reachTable({ reach }: LiveReport): string {
  if (!reach) return '';
  const { screens, concerned } = reach;
  return titled(
    `A bulk lock on ${inDigits(screens)} screens, of which ${inDigits(concerned)} show locked rows`,
    ['system', 'ms until the last one has it', 'longest round', 'ratio', 'messages about other rows'],
    [
      [
        'rowlock',
        inDigits(reach.lastReachedMs),
        inDigits(reach.lastReachedMaxMs),
        times(reach.ratio),
        inDigits(reach.foreignMessages),
      ],
      ['raw socket.emit', inDigits(reach.bareLastReachedMs), '', '1 ×', ''],
    ],
  );
}

function pollingTable({ polling }: LiveReport): string {
  if (!polling) return '';
  const { live, polling: polled, ratios } = polling;
  const row = (what: string, key: keyof typeof live, unit = 1) => [
    what,
    inDigits(live[key] / unit),
    inDigits(polled[key] / unit),
    times(ratios[key]),
  ];
  const table = titled(
    `${inDigits(polling.screens)} screens for ${inDigits(polling.forMs / 1_000)} s: live channel, and polling every ${inDigits(polling.everyMs)} ms`,
    ['', 'live', 'polling', 'polling ÷ live'],
    [
      row('CPU of the server, ms', 'cpuMs'),
      row('KiB in both directions', 'bytes', 1_024),
      row('mean ms until a screen shows a change', 'delayMs'),
    ],
  );
  return polling.failedPolls > 0 ? `${table}\n\n${inDigits(polling.failedPolls)} polls failed.` : table;
}
