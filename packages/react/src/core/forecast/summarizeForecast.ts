/** Many forecasts in few words: "22 rows are free now, 3 in about 2 min". Pure. */
import type { RecordForecast, UnknownReason } from './recordForecast.ts';

/** Rows that will be free at about the same time. */
export interface ForecastGroup {
  count: number;
  /** When the last of them will be free. Unix time in ms by the server's clock */
  atMs: number;
}

export interface ForecastSummary {
  freeCount: number;
  /** The soonest first, at most three */
  groups: readonly ForecastGroup[];
  /** Rows of which nobody knows when */
  unknownCount: number;
  /** Why, each reason once */
  unknownReasons: readonly UnknownReason[];
}

const MOST_GROUPS = 3;
/** Rows are in one group if their waits differ by no more than this share of the shortest, and this time in ms. */
const SHARE = 0.5;
const SLACK_MS = 10_000;

/** `counts`: how many rows have each forecast. */
export function summarizeForecast(
  counts: Iterable<readonly [forecast: RecordForecast, count: number]>,
  nowMs: number,
): ForecastSummary {
  let freeCount = 0;
  let unknownCount = 0;
  const reasons = new Set<UnknownReason>();
  const waits: ForecastGroup[] = [];
  for (const [forecast, count] of counts) {
    if (count === 0) continue;
    if (forecast.kind === 'free') freeCount += count;
    else if (forecast.kind === 'at') waits.push({ count, atMs: forecast.atMs });
    else {
      unknownCount += count;
      reasons.add(forecast.why);
    }
  }
  waits.sort((one, other) => one.atMs - other.atMs);
  return { freeCount, groups: group(waits, nowMs), unknownCount, unknownReasons: [...reasons] };
}

function group(waits: readonly ForecastGroup[], nowMs: number): ForecastGroup[] {
  const groups: ForecastGroup[] = [];
  let endsMs = -Infinity;
  for (const { count, atMs } of waits) {
    const last = groups.at(-1);
    if (last && (atMs <= endsMs || groups.length === MOST_GROUPS)) {
      groups[groups.length - 1] = { count: last.count + count, atMs };
    } else {
      groups.push({ count, atMs });
      endsMs = atMs + Math.max(0, atMs - nowMs) * SHARE + SLACK_MS;
    }
  }
  return groups;
}
