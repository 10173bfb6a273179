/** The bars of the live channel, as data. `--check` fails if one of them is missed. */
import type { BarResult } from '../report/bars.ts';
import type { LiveCase } from './livePlan.ts';
import type { LiveReport } from './liveReport.ts';

interface LiveBar extends Pick<BarResult, 'limit' | 'sense' | 'unit'> {
  case: LiveCase;
  what(report: LiveReport): string;
  /** Undefined if it was not measured */
  read(report: LiveReport): number | undefined;
}

const atMost = { sense: 'at most' } as const;
const atLeast = { sense: 'at least' } as const;
const count = (screens: number | undefined) => `${(screens ?? 0).toLocaleString('en')} screens`;

export const LIVE_BARS: readonly LiveBar[] = [
  {
    ...{ case: 'first', ...atMost, limit: 1.5, unit: '×' },
    what: () => 'first progress after a pause, relative to XADD, XREAD and emit by hand',
    read: ({ first }) => first?.ratio,
  },
  {
    ...{ case: 'steady', ...atMost, limit: 4, unit: '' },
    what: () => 'updates a second of steady progress',
    read: ({ steady }) => steady?.updatesPerSecond,
  },
  {
    ...{ case: 'steady', ...atMost, limit: 300, unit: 'ms' },
    what: ({ steady }) => `age of the shown progress at ${count(steady?.screens)}, 99th percentile`,
    read: ({ steady }) => steady?.ageP99Ms,
  },
  {
    ...{ case: 'message', ...atMost, limit: 1.3, unit: '×' },
    what: ({ message }) =>
      `CPU of the server for a message at ${count(message?.screens)}, relative to a raw emit`,
    read: ({ message }) => message?.ratio,
  },
  {
    ...{ case: 'memory', ...atMost, limit: 1.5, unit: '×' },
    what: () => 'memory of a screen that watches 25 records, relative to a bare connection',
    read: ({ memory }) => memory?.ratio,
  },
  {
    ...{ case: 'reach', ...atMost, limit: 1_000, unit: 'ms' },
    what: ({ reach }) => `time until a bulk lock reaches the last concerned one of ${count(reach?.screens)}`,
    read: ({ reach }) => reach?.lastReachedMs,
  },
  {
    ...{ case: 'reach', ...atMost, limit: 0, unit: '' },
    what: () => 'messages about a record that their screen does not watch',
    read: ({ reach }) => reach?.foreignMessages,
  },
  {
    ...{ case: 'polling', ...atLeast, limit: 10, unit: '×' },
    what: ({ polling }) =>
      `CPU of the server when ${count(polling?.screens)} poll, relative to the live channel`,
    read: ({ polling }) => polling?.ratios.cpuMs,
  },
  {
    ...{ case: 'polling', ...atLeast, limit: 10, unit: '×' },
    what: () => 'bytes when they poll, relative to the live channel',
    read: ({ polling }) => polling?.ratios.bytes,
  },
  {
    ...{ case: 'polling', ...atLeast, limit: 5, unit: '×' },
    what: () => 'time until they show a change, relative to the live channel',
    read: ({ polling }) => polling?.ratios.delayMs,
  },
];

/** Judges the bars of the cases that ran. A bar that was not measured is missed. */
export function judgeLive(report: LiveReport, cases: readonly LiveCase[]): BarResult[] {
  return LIVE_BARS.filter((bar) => cases.includes(bar.case)).map(({ what, read, limit, sense, unit }) => {
    const value = read(report) ?? null;
    const isMet = value !== null && (sense === 'at most' ? value <= limit : value >= limit);
    return { what: what(report), value, limit, sense, unit, isMet };
  });
}
