import { inDigits, markdownTable } from '../report/markdown.ts';
import type { FencingResult } from './benchFencing.ts';

/** A table of the results for people: one row for each pattern, with the databases side by side. */
export function fencingTable(results: readonly FencingResult[]): string {
  const databases = [...new Set(results.map(({ database }) => database))];
  const lines = [...new Set(results.map(({ shape, pattern }) => `${shape}|${pattern}`))];
  const rows = lines.map((line) => {
    const cells = databases.map((database) => {
      const found = results.find(
        (one) => one.database === database && `${one.shape}|${one.pattern}` === line,
      );
      return found ? `${inDigits(Math.round(found.rowsPerSecond))} (${found.ratio.toFixed(2)} ×)` : '';
    });
    return [...line.split('|'), ...cells];
  });
  const head = [
    'shape',
    'pattern',
    ...databases.map((database) => `${database}: rows a second (time to no fence)`),
  ];
  return markdownTable(head, rows);
}
