/**
 * How long further units of work will take. Pure.
 *
 * The pace, in ms a unit, is taken as a straight line over the units, so that a task that slows down is not expected to hurry. Its
 * slope is the least-squares line through all that was seen. Its level is the exponentially weighted mean of the distances from
 * that line, so that the newest work counts most (R. G. Brown, Smoothing, Forecasting and Prediction of Discrete Time Series, 1963,
 * on discounted least squares). Times per unit are averaged, and not units per time, since a forecast is a sum of times.
 */
import type { Interval } from './paceHistory.ts';

export interface Pace {
  /** Time for the next unit, in ms */
  level: number;
  /** How much longer each unit takes than the one before, in ms. Negative if the task speeds up */
  growth: number;
  /** The growth ends after so many units: as many as it was seen over */
  horizon: number;
}

/** No pace is known before this time of work has been seen, in ms. */
const LEAST_SEEN_MS = 2_000;
/** This part of the seen units back, work counts half. */
const HALF_LIFE = 0.3;
/** A pause counts as at most this multiple of the median time per unit. */
const PAUSE_FACTOR = 6;
/** A slope is doubted more if few intervals show it: twice as much with this number. */
const FEW_INTERVALS = 8;
/** The pace never falls below this part of its mean. */
const LEAST_PART = 0.25;

interface Point {
  /** The middle of the interval, in units back from now: negative */
  at: number;
  msPerUnit: number;
  units: number;
}

/** Undefined while too little was seen. `intervals`: oldest first */
export function estimatePace(intervals: readonly Interval[]): Pace | undefined {
  const seen = sum(intervals, ({ units }) => units);
  const seenMs = sum(intervals, ({ ms }) => ms);
  if (seenMs < LEAST_SEEN_MS || seen <= 0) return undefined;
  const points = readPoints(intervals, seen);
  const growth = fitSlope(points);
  const newness = ({ at, units }: Point) => units * 2 ** (at / seen / HALF_LIFE);
  const weight = sum(points, newness);
  const mean = sum(points, (point) => newness(point) * point.msPerUnit) / weight;
  const onLine = sum(points, (point) => newness(point) * (point.msPerUnit - growth * point.at)) / weight;
  const level = Math.max(onLine, mean * LEAST_PART);
  return { level, growth, horizon: seen };
}

/** The time for the next `units` units at that pace, in ms. Never negative, and never less for more units. */
export function msFor({ level, growth, horizon }: Pace, units: number): number {
  // A falling line continues level from the least pace on.
  const untilLeast = growth < 0 ? (level * (LEAST_PART - 1)) / growth : Infinity;
  const onLine = Math.max(0, Math.min(units, horizon, untilLeast));
  const beyond = Math.max(0, units - onLine);
  return onLine * level + (growth * onLine * onLine) / 2 + beyond * (level + growth * onLine);
}

function readPoints(intervals: readonly Interval[], seen: number): Point[] {
  const most = PAUSE_FACTOR * findMedian(intervals);
  let passed = 0;
  return intervals.map(({ units, ms }) => {
    const at = passed + units / 2 - seen;
    passed += units;
    return { at, msPerUnit: Math.min(ms / units, most), units };
  });
}

/** Half of the units took no more time each. */
function findMedian(intervals: readonly Interval[]): number {
  const sorted = [...intervals].sort((one, other) => one.ms / one.units - other.ms / other.units);
  const half = sum(sorted, ({ units }) => units) / 2;
  let passed = 0;
  const median = sorted.find(({ units }) => {
    passed += units;
    return passed >= half;
  });
  return median ? median.ms / median.units : 0;
}

/** The slope of the line through the points, each as heavy as its units. */
function fitSlope(points: readonly Point[]): number {
  const weight = sum(points, ({ units }) => units);
  const meanAt = sum(points, ({ at, units }) => units * at) / weight;
  const mean = sum(points, ({ msPerUnit, units }) => units * msPerUnit) / weight;
  const spread = sum(points, ({ at, units }) => units * (at - meanAt) ** 2);
  const degrees = weight ** 2 / sum(points, ({ units }) => units ** 2) - 2;
  if (degrees <= 0 || spread <= 0) return 0;
  const slope =
    sum(points, ({ at, msPerUnit, units }) => units * (at - meanAt) * (msPerUnit - mean)) / spread;
  const residual = sum(
    points,
    ({ at, msPerUnit, units }) => units * (msPerUnit - mean - slope * (at - meanAt)) ** 2,
  );
  // The part of the slope that noise explains is taken away, as by the positive-part James–Stein estimator.
  const doubt = ((1 + FEW_INTERVALS / degrees) * residual) / degrees / spread;
  return slope ** 2 <= doubt ? 0 : slope * (1 - doubt / slope ** 2);
}

const sum = <Item>(items: readonly Item[], getValue: (item: Item) => number): number =>
  items.reduce((total, item) => total + getValue(item), 0);
