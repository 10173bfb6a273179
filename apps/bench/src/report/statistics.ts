/** The smallest value that at least `fraction` of the values do not exceed (nearest rank). */
export function quantile(values: readonly number[], fraction: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const value = sorted[Math.max(0, Math.ceil(fraction * sorted.length) - 1)];
  if (value === undefined)
    throw new Error('Cannot compute a quantile of an empty list. Measure at least one value.');
  return value;
}

export const median = (values: readonly number[]): number => quantile(values, 0.5);

/** 0 for an empty list. */
export const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);

/** 0 for an empty list. */
export const largest = (values: readonly number[]): number =>
  values.reduce((most, value) => Math.max(most, value), 0);

/** Four significant digits, because further digits are noise. */
export const rounded = (value: number): number => Number(value.toPrecision(4));
