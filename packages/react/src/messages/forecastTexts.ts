/** The texts of `useForecast`: when rows will be free. */
import type { RecordForecast } from '../core/forecast/recordForecast.ts';
import type { ForecastSummary } from '../core/forecast/summarizeForecast.ts';
import type { CommonTexts } from './commonTexts.ts';

export interface ForecastTexts {
  /** Of one row: "Free in about 2 min" */
  freeIn(forecast: RecordForecast, nowMs: number): string;
  /** "22 rows are free now, 3 in about 2 min". Empty without rows */
  freeInSummary(summary: ForecastSummary, nowMs: number): string;
}

export const forecastTexts = ({ number, rows, roughDuration }: CommonTexts): ForecastTexts => ({
  freeIn(forecast, nowMs) {
    if (forecast.kind === 'free') return 'Free now';
    if (forecast.kind === 'at') return `Free in about ${roughDuration(forecast.atMs - nowMs)}`;
    return forecast.why === 'pending' ? '' : 'Nobody knows when it will be free';
  },
  freeInSummary({ freeCount, groups, unknownCount }, nowMs) {
    const parts: string[] = [];
    // The first part names the rows, and the others count them.
    const count = (many: number, verb: string) => (parts.length > 0 ? number(many) : `${rows(many)} ${verb}`);
    if (freeCount > 0) parts.push(`${count(freeCount, freeCount === 1 ? 'is' : 'are')} free now`);
    for (const { count: many, atMs } of groups)
      parts.push(`${count(many, 'will be free')} in about ${roughDuration(atMs - nowMs)}`);
    if (unknownCount > 0 && parts.length > 0) parts.push(`nobody knows when for ${number(unknownCount)}`);
    else if (unknownCount > 0) {
      const them = unknownCount === 1 ? '1 row' : rows(unknownCount);
      parts.push(`Nobody knows when ${them} will be free`);
    }
    return parts.join(', ');
  },
});
