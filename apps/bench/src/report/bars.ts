/** The bars of Rowlock's registry, as data. `--check` fails if one of them is missed. */

import type { BlockingCost } from '../cases/blocking.ts';
import type { Case } from '../cases/cases.ts';
import { FLAT_VERBS } from '../cases/flatCost.ts';
import type { ContentionResult, Report } from './report.ts';
import { rounded } from './statistics.ts';

export interface Bar {
  /** The part of the bench that measures it */
  case: Case;
  what: string;
  unit: '×' | 'bytes' | 'ms' | '';
  limit: number;
  sense: 'at most' | 'at least';
  /** Undefined if it was not measured */
  read(report: Report): number | undefined;
}

export interface BarResult {
  what: string;
  value: number | null;
  limit: number;
  sense: Bar['sense'];
  unit: Bar['unit'];
  isMet: boolean;
}

const OWN = 'rowlock';
const findSystem = <T extends { system: string }>(list: readonly T[], name = OWN): T | undefined =>
  list.find(({ system }) => system === name);

/** A time of Rowlock while it acquires many records, relative to the longest command of redlock on the same machine. */
const toRedlocksCommand =
  (read: (own: BlockingCost) => number): Bar['read'] =>
  ({ blocking }) => {
    const own = findSystem(blocking);
    const other = findSystem(blocking, 'redlock');
    return own && other && rounded(read(own) / other.longestCommandMs);
  };

/** A rate relative to the ideal rate: sections of the measured length without any time between them. */
const toIdealRate =
  (read: (own: ContentionResult) => number): Bar['read'] =>
  ({ contention }) => {
    const own = findSystem(contention);
    return own && rounded((read(own) * own.meanWorkMs) / 1_000);
  };

/**
 * The rest of the time passes between two holders: a release, and the message about it. This takes 0.16 of the time on a
 * fast machine, 0.3 on a slow one.
 */
const IDEAL_FRACTION = 0.65;

export const BARS: readonly Bar[] = [
  {
    case: 'cost',
    what: 'acquire of 10,000 records, relative to the time of the floor',
    unit: '×',
    limit: 1,
    sense: 'at most',
    read: ({ ratios }) => ratios['acquire@10000']?.floor,
  },
  {
    case: 'cost',
    what: 'acquire of 10,000 records, relative to the time of redlock',
    unit: '×',
    limit: 0.6,
    sense: 'at most',
    read: ({ ratios }) => ratios['acquire@10000']?.redlock,
  },
  {
    case: 'one',
    what: 'acquire of 1 record, relative to the time of one SET NX PX',
    unit: '×',
    limit: 1.7,
    sense: 'at most',
    read: ({ oneRecord }) => oneRecord?.ratio,
  },
  ...FLAT_VERBS.map(
    (verb): Bar => ({
      case: 'flat',
      what: `${verb} of 10,000 records, relative to its time for 1`,
      unit: '×',
      limit: 1.5,
      sense: 'at most',
      read: ({ flat }) => ratio(flat.find((one) => one.verb === verb && one.records === 10_000)),
    }),
  ),
  {
    case: 'subtree',
    what: 'lock on a country with all its cities, relative to the time for one record',
    unit: '×',
    limit: 1.25,
    sense: 'at most',
    read: ({ subtree }) => (subtree ? rounded(subtree.subtreeMs / subtree.oneRecordMs) : undefined),
  },
  {
    case: 'blocking',
    what: 'longest command while acquiring 50,000 records, relative to that of redlock',
    unit: '×',
    limit: 0.1,
    sense: 'at most',
    read: toRedlocksCommand(({ longestCommandMs }) => longestCommandMs),
  },
  {
    case: 'blocking',
    what: 'worst wait of another client meanwhile, relative to the longest command of redlock',
    unit: '×',
    limit: 0.1,
    sense: 'at most',
    read: toRedlocksCommand(({ worstWaitMs }) => worstWaitMs),
  },
  {
    case: 'memory',
    what: 'memory of Redis for a locked record, at 10,000 records',
    unit: 'bytes',
    limit: 100,
    sense: 'at most',
    read: ({ memory }) => findSystem(memory)?.bytesPerRecord,
  },
  {
    case: 'contention',
    what: 'sections a second of 20 holders that want one record, for a time, relative to the ideal rate',
    unit: '×',
    limit: IDEAL_FRACTION,
    sense: 'at least',
    read: toIdealRate(({ sectionsPerSecond }) => sectionsPerSecond),
  },
  {
    case: 'contention',
    what: 'the same, until each holder has had 10 sections',
    unit: '×',
    limit: IDEAL_FRACTION,
    sense: 'at least',
    read: toIdealRate(({ equalTurnsPerSecond }) => equalTurnsPerSecond),
  },
  {
    case: 'contention',
    what: 'longest wait of those holders, relative to the mean wait',
    unit: '×',
    limit: 2,
    sense: 'at most',
    read: ({ contention }) => findSystem(contention)?.longestToMeanWait,
  },
  {
    case: 'contention',
    what: 'updates lost in their sections',
    unit: '',
    limit: 0,
    sense: 'at most',
    read: ({ contention }) => findSystem(contention)?.lostUpdates,
  },
];

/** Judges the bars of the cases that ran, in the order of `bars`. A bar that was not measured is missed. */
export function judge(report: Report, cases: readonly Case[], bars: readonly Bar[] = BARS): BarResult[] {
  return bars
    .filter((bar) => cases.includes(bar.case))
    .map(({ what, limit, sense, unit, read }) => {
      const value = read(report) ?? null;
      const isMet = value !== null && (sense === 'at most' ? value <= limit : value >= limit);
      return { what, value, limit, sense, unit, isMet };
    });
}

/** A missed bar in words. */
export function describeBar({ what, value, limit, sense, unit }: BarResult): string {
  if (value === null) return `${what}: was not measured`;
  const measured = `${value} ${unit}`.trimEnd();
  return `${what}: ${measured}, but ${sense} ${limit} is ${sense === 'at most' ? 'allowed' : 'required'}`;
}

function ratio(cost: { oneMs: number; manyMs: number } | undefined): number | undefined {
  return cost && rounded(cost.manyMs / cost.oneMs);
}
