import type { CaseName, Samples } from './measure.ts';
import { median, quantile } from './statistics.ts';

export interface CaseResult {
  name: CaseName;
  size: number;
  system: string;
  medianMs: number;
  p99Ms: number;
}

export interface Report {
  cases: CaseResult[];
  /** By `<case>@<size>`: Rowlock's median divided by the other system's, so that less than 1 means faster. */
  ratios: Record<string, { redlock: number; floor: number }>;
}

/** What the bench is judged by: the ratio to redlock at 10,000 records may not exceed these. */
export const BAR: Readonly<Record<string, number>> = {
  'acquire@10000': 0.7,
  'renew@10000': 1 / 20,
  'release@10000': 1 / 20,
};

export function report(samples: readonly Samples[]): Report {
  const cases = samples.map(({ name, size, system, timesMs }) => ({
    name,
    size,
    system,
    medianMs: rounded(median(timesMs)),
    p99Ms: rounded(quantile(timesMs, 0.99)),
  }));
  const exactMedian = (name: CaseName, size: number, system: string): number | undefined => {
    const found = samples.find((one) => one.name === name && one.size === size && one.system === system);
    return found && median(found.timesMs);
  };
  const ratios: Report['ratios'] = {};
  for (const { name, size, system, timesMs } of samples) {
    const toRedlock = exactMedian(name, size, 'redlock');
    const toFloor = exactMedian(name, size, 'floor');
    if (system !== 'rowlock' || toRedlock === undefined || toFloor === undefined) continue;
    const own = median(timesMs);
    ratios[`${name}@${size}`] = { redlock: rounded(own / toRedlock), floor: rounded(own / toFloor) };
  }
  return { cases, ratios };
}

/** The ratios that miss the bar, in words. */
export function missed({ ratios }: Report, bar = BAR): string[] {
  return Object.entries(bar).flatMap(([key, limit]) => {
    const ratio = ratios[key]?.redlock;
    if (ratio === undefined) return [`${key} was not measured`];
    return ratio <= limit ? [] : [`${key} takes ${ratio} × redlock's time; at most ${limit} is asked for`];
  });
}

/** As a table for people: a line for each case and size, the systems side by side. */
export function table({ cases, ratios }: Report): string {
  const systems = [...new Set(cases.map(({ system }) => system))].sort();
  const keys = [...new Set(cases.map(({ name, size }) => `${name}@${size}`))];
  const head = [
    'case',
    'records',
    ...systems.map((system) => `${system} ms (p99)`),
    'to redlock',
    'to floor',
  ];
  const rows = keys.map((key) => {
    const [name = '', size = ''] = key.split('@');
    const cells = systems.map((system) => {
      const found = cases.find(
        (one) => one.name === name && one.size === Number(size) && one.system === system,
      );
      return found ? `${found.medianMs.toFixed(2)} (${found.p99Ms.toFixed(2)})` : '–';
    });
    const ratio = ratios[key];
    return [
      name,
      Number(size).toLocaleString('en'),
      ...cells,
      inWords(ratio?.redlock),
      inWords(ratio?.floor),
    ];
  });
  const widths = head.map((title, i) => Math.max(title.length, ...rows.map((row) => row[i]?.length ?? 0)));
  const line = (row: string[]) =>
    row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0))).join('  ');
  return [line(head), line(widths.map((width) => '─'.repeat(width))), ...rows.map(line)].join('\n');
}

function inWords(ratio: number | undefined): string {
  if (ratio === undefined) return '–';
  if (ratio >= 0.2) return `${ratio.toFixed(2)} ×`;
  return ratio === 0 ? 'far faster' : `${Math.round(1 / ratio)} times faster`;
}

/** Four significant places: what is beyond them is noise. */
function rounded(value: number): number {
  return Number(value.toPrecision(4));
}
