/** The bars of the React kit, as data. `--check` fails if one of them is missed. */
import type { BarResult } from '../report/bars.ts';
import type { ReactReport } from './reactReport.ts';

interface ReactBar extends Pick<BarResult, 'limit' | 'unit'> {
  what: string;
  read(report: ReactReport): number;
}

const REACT_BARS: readonly ReactBar[] = [
  {
    what: 'rows that render without need when three of 1,000 are locked',
    ...{ limit: 0, unit: '' },
    read: ({ rerender }) => Math.abs(rerender.rendered - rerender.concerned),
  },
  {
    what: 'longest task of the main thread under 10,000 progress events a second',
    ...{ limit: 50, unit: 'ms' },
    read: ({ progress }) => progress.longestTaskMs,
  },
  {
    what: 'longest delay of a key meanwhile',
    ...{ limit: 100, unit: 'ms' },
    read: ({ progress }) => (progress.keys > 0 ? progress.inputDelayMaxMs : Number.NaN),
  },
  {
    what: 'mounting 1,000 useRecordLock, relative to bare useSyncExternalStore',
    ...{ limit: 1.5, unit: '×' },
    read: ({ mount }) => mount.recordLockMs / mount.bareMs,
  },
  {
    what: 'mounting 1,000 useTaskLock, relative to bare useSyncExternalStore',
    ...{ limit: 1.5, unit: '×' },
    read: ({ mount }) => mount.taskLockMs / mount.bareMs,
  },
];

export const judgeReact = (report: ReactReport): BarResult[] =>
  REACT_BARS.map(({ what, read, limit, unit }) => {
    const value = read(report);
    return { what, value, limit, sense: 'at most', unit, isMet: value <= limit };
  });
