/** What Rowlock's registry is judged by, as data: `--check` fails where one of these is missed. */

import type { BlockingCost } from '../cases/blocking.ts';
import type { Case } from '../cases/cases.ts';
import { FLAT_VERBS } from '../cases/flatCost.ts';
import type { ContentionResult, Report } from './report.ts';
import { rounded } from './statistics.ts';

export interface Bar {
  /** Which part of the bench measures it */
  case: Case;
  what: string;
  unit: '×' | 'bytes' | '';
  limit: number;
  sense: 'at most' | 'at least';
  /** Nothing where it was not measured */
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
const of = <T extends { system: string }>(list: readonly T[], name = OWN): T | undefined =>
  list.find(({ system }) => system === name);

/** One of Rowlock's times during a large claim, relative to the longest command of redlock's claim on the same machine. */
const toRedlocksCommand =
  (read: (own: BlockingCost) => number): Bar['read'] =>
  ({ blocking }) => {
    const own = of(blocking);
    const other = of(blocking, 'redlock');
    return own && other && rounded(read(own) / other.longestCommandMs);
  };

/** A rate relative to the ideal one, in which the record is never free: one section after another, each as long as measured. */
const toIdealRate =
  (read: (own: ContentionResult) => number): Bar['read'] =>
  ({ contention }) => {
    const own = of(contention);
    return own && rounded((read(own) * own.meanWorkMs) / 1_000);
  };

/**
 * The rest of the time goes into handing the record over, which costs a release and the news of it: 0.16 on a quick
 * machine, 0.3 on a slow one.
 */
const IDEAL_SHARE = 0.65;

export const BARS: readonly Bar[] = [
  {
    case: 'cost',
    what: "acquire of 10,000 records, in parts of the floor's time",
    unit: '×',
    limit: 1,
    sense: 'at most',
    read: ({ ratios }) => ratios['acquire@10000']?.floor,
  },
  {
    case: 'cost',
    what: "acquire of 10,000 records, in parts of redlock's time",
    unit: '×',
    limit: 0.6,
    sense: 'at most',
    read: ({ ratios }) => ratios['acquire@10000']?.redlock,
  },
  {
    case: 'one',
    what: 'acquire of 1 record, in parts of the time of one SET NX PX',
    unit: '×',
    limit: 1.7,
    sense: 'at most',
    read: ({ oneRecord }) => oneRecord?.ratio,
  },
  ...FLAT_VERBS.map(
    (verb): Bar => ({
      case: 'flat',
      what: `${verb} of 10,000 records, in parts of its time for 1`,
      unit: '×',
      limit: 1.5,
      sense: 'at most',
      read: ({ flat }) => ratio(flat.find((one) => one.verb === verb && one.records === 10_000)),
    }),
  ),
  {
    case: 'subtree',
    what: 'lock on a country with all its cities, in parts of the time for one record',
    unit: '×',
    limit: 1.25,
    sense: 'at most',
    read: ({ subtree }) => (subtree ? rounded(subtree.subtreeMs / subtree.oneRecordMs) : undefined),
  },
  {
    case: 'blocking',
    what: "longest command of a claim of 50,000 records, relative to redlock's",
    unit: '×',
    limit: 0.1,
    sense: 'at most',
    read: toRedlocksCommand(({ longestCommandMs }) => longestCommandMs),
  },
  {
    case: 'blocking',
    what: "worst wait of another client during that claim, relative to redlock's longest command",
    unit: '×',
    limit: 0.1,
    sense: 'at most',
    read: toRedlocksCommand(({ worstWaitMs }) => worstWaitMs),
  },
  {
    case: 'memory',
    what: "Redis's memory for a locked record, at 10,000",
    unit: 'bytes',
    limit: 100,
    sense: 'at most',
    read: ({ memory }) => of(memory)?.bytesPerRecord,
  },
  {
    case: 'contention',
    what: 'sections a second of 20 holders that want one record, for a time, relative to the ideal rate',
    unit: '×',
    limit: IDEAL_SHARE,
    sense: 'at least',
    read: toIdealRate(({ sectionsPerSecond }) => sectionsPerSecond),
  },
  {
    case: 'contention',
    what: 'the same until each has had 10 sections',
    unit: '×',
    limit: IDEAL_SHARE,
    sense: 'at least',
    read: toIdealRate(({ equalSharePerSecond }) => equalSharePerSecond),
  },
  {
    case: 'contention',
    what: 'longest wait of those holders, in parts of the mean wait',
    unit: '×',
    limit: 2,
    sense: 'at most',
    read: ({ contention }) => of(contention)?.longestToMeanWait,
  },
  {
    case: 'contention',
    what: 'updates lost in their sections',
    unit: '',
    limit: 0,
    sense: 'at most',
    read: ({ contention }) => of(contention)?.lostUpdates,
  },
];

/** Of the cases that ran, in the order of the table; what was not measured is not met. */
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
export function inWords({ what, value, limit, sense, unit }: BarResult): string {
  if (value === null) return `${what}: was not measured`;
  const measured = `${value} ${unit}`.trimEnd();
  return `${what}: ${measured}, and ${sense} ${limit} is asked for`;
}

function ratio(cost: { oneMs: number; manyMs: number } | undefined): number | undefined {
  return cost && rounded(cost.manyMs / cost.oneMs);
}
