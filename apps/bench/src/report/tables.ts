/** The report for people: a heading and a table for each part that ran. */
import type { Verb } from '../cases/costAtSize.ts';
import type { BarResult } from './bars.ts';
import { DASH, inDigits, markdownTable } from './markdown.ts';
import type { Report } from './report.ts';

const VERBS: readonly Verb[] = ['acquire', 'renew', 'transfer', 'release', 'sweep'];

export function tables(report: Report, bars: readonly BarResult[]): string {
  return [
    machineLine(report),
    costTable(report),
    oneRecordTable(report),
    flatTable(report),
    subtreeTable(report),
    blockingTable(report),
    memoryTable(report),
    contentionTable(report),
    barTable(bars),
  ]
    .filter((part) => part !== '')
    .join('\n\n');
}

export function machineLine({ machine: m }: Pick<Report, 'machine'>): string {
  const redis = m.redis ? `, Redis ${m.redis}` : '';
  const postgres = m.postgres ? `, PostgreSQL ${m.postgres}` : '';
  return `Measured on ${m.cores} cores of ${m.processor}, ${m.memoryGiB} GiB, ${m.system}; Node ${m.node}${redis}${postgres}; load before the run ${m.loadBefore}.`;
}

function costTable({ costs, leftOut }: Report): string {
  if (costs.length === 0) return '';
  const systems = [...new Set(costs.map(({ system }) => system))];
  const sizes = [...new Set(costs.map(({ records }) => records))].sort((a, b) => a - b);
  const rows = VERBS.flatMap((verb) =>
    sizes.flatMap((records) => {
      const cells = systems.map((system) => {
        const found = costs.find(
          (one) => one.verb === verb && one.records === records && one.system === system,
        );
        return found ? `${inDigits(found.medianMs)} (${inDigits(found.p99Ms)})` : DASH;
      });
      return cells.some((cell) => cell !== DASH) ? [[verb, inDigits(records), ...cells]] : [];
    }),
  );
  const notes = leftOut.map(
    ({ system, records, reason }) =>
      `${DASH} ${system}${records === undefined ? '' : ` at ${inDigits(records)}`}: ${reason}`,
  );
  const head = ['verb', 'records', ...systems];
  return `### Cost of a lock: median ms (99th percentile)\n\n${markdownTable(head, rows)}${notes.length > 0 ? `\n\n${notes.join('\n')}` : ''}`;
}

function oneRecordTable({ oneRecord }: Report): string {
  if (!oneRecord) return '';
  const { acquireMs, setNxMs, ratio } = oneRecord;
  return `### A lock on one record, compared with the smallest possible lock: median ms of acquire\n\n${markdownTable(
    ['system', 'ms', 'ratio'],
    [
      ['rowlock', inDigits(acquireMs), `${inDigits(ratio)} ×`],
      ['SET NX PX', inDigits(setNxMs), '1 ×'],
    ],
  )}`;
}

function flatTable({ flat }: Report): string {
  if (flat.length === 0) return '';
  const rows = flat.map(({ verb, records, oneMs, manyMs }) => [
    verb,
    inDigits(oneMs),
    inDigits(manyMs),
    inDigits(records),
    `${inDigits(manyMs / oneMs)} ×`,
  ]);
  return `### A whole lease at once: Rowlock's median ms\n\n${markdownTable(['verb', '1 record', 'many records', 'how many', 'ratio'], rows)}`;
}

function subtreeTable({ subtree }: Report): string {
  if (!subtree) return '';
  const { citiesBelow, oneRecordMs, subtreeMs, eachCityMs } = subtree;
  const row = (what: string, ms: number) => [what, inDigits(ms), `${inDigits(ms / oneRecordMs)} ×`];
  return `### A country with its ${inDigits(citiesBelow)} cities: Rowlock's median ms of acquire\n\n${markdownTable(
    ['lock', 'ms', 'ratio'],
    [
      row('one record', oneRecordMs),
      row('the country, scope subtree', subtreeMs),
      row('each city by its id', eachCityMs),
    ],
  )}`;
}

function blockingTable({ blocking }: Report): string {
  if (blocking.length === 0) return '';
  const rows = blocking.map((one) => [
    one.system,
    inDigits(one.records),
    inDigits(one.acquireMs),
    `${inDigits(one.longestCommandMs)} (${inDigits(one.longestCommandMaxMs)})`,
    `${inDigits(one.worstWaitMs)} (${inDigits(one.worstWaitMaxMs)})`,
    inDigits(one.idleWorstWaitMs),
    inDigits(one.longestAfterwardsMs),
  ]);
  const head = [
    'system',
    'records',
    'acquire ms',
    'longest command (max)',
    'worst wait of another client (max)',
    'worst wait when idle',
    'longest command of release and sweep',
  ];
  return `### Wait of other clients while many records are acquired: ms, medians over rounds\n\n${markdownTable(head, rows)}`;
}

function memoryTable({ memory }: Report): string {
  if (memory.length === 0) return '';
  const rows = memory.map((one) => [
    one.system,
    inDigits(one.records),
    inDigits(one.keyBytesPerRecord),
    inDigits(one.usedBytesPerRecord),
  ]);
  return `### Memory of Redis: bytes for each locked record\n\n${markdownTable(['system', 'records', 'MEMORY USAGE of keys', 'used_memory'], rows)}`;
}

function contentionTable({ contention }: Report): string {
  if (contention.length === 0) return '';
  const rows = contention.map((one) => [
    one.system,
    inDigits(one.sectionsPerSecond),
    inDigits(one.equalTurnsPerSecond),
    inDigits(one.meanWaitMs),
    inDigits(one.longestWaitMs),
    `${inDigits(one.longestToMeanWait)} ×`,
    `${inDigits(one.fewestSections)} to ${inDigits(one.mostSections)}`,
    inDigits(one.meanWorkMs),
    inDigits(one.lostUpdates),
  ]);
  const head = [
    'system',
    'sections/s for a time',
    'until each has had 10',
    'mean wait ms',
    'longest wait ms',
    'longest to mean',
    'sections a holder',
    'work ms',
    'lost updates',
  ];
  return `### 20 holders that want one record, 2 ms of work each: medians over rounds\n\n${markdownTable(head, rows)}`;
}

export function barTable(bars: readonly BarResult[]): string {
  if (bars.length === 0) return '';
  const rows = bars.map((bar) => [
    bar.what,
    bar.value === null ? DASH : `${inDigits(bar.value)} ${bar.unit}`.trimEnd(),
    `${bar.sense} ${inDigits(bar.limit)} ${bar.unit}`.trimEnd(),
    bar.isMet ? 'met' : 'missed',
  ]);
  return `### Bars\n\n${markdownTable(['bar', 'measured', 'limit', ''], rows)}`;
}
