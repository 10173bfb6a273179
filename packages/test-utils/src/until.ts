import { inspect } from 'node:util';

export interface UntilOptions {
  /** How long to wait in all, in ms. Default 5,000. */
  timeoutMs?: number;
  /** The pause between two looks, in ms. Default 20. */
  intervalMs?: number;
  /** The condition in words, for the error message. */
  what?: string;
}

/**
 * Calls `look` repeatedly until it returns a truthy value, and returns that value. A `look` that throws counts as "not
 * yet", so a test can wait for assertions. The error after the timeout contains the last value or error.
 */
export async function until<T>(
  look: () => T | Promise<T>,
  { timeoutMs = 5_000, intervalMs = 20, what = 'the condition' }: UntilOptions = {},
): Promise<NonNullable<T>> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const seen = await lookOnce(look);
    if (seen.error === undefined && seen.value) return seen.value as NonNullable<T>;
    if (performance.now() >= deadline) {
      const last =
        seen.error === undefined
          ? `saw ${inspect(seen.value, { depth: 4 })}`
          : `failed: ${describeError(seen.error)}`;
      throw new Error(`Waited ${timeoutMs} ms for ${what}; the last look ${last}`, { cause: seen.error });
    }
    await new Promise((resolve) => setTimeout(resolve, intervalMs));
  }
}

async function lookOnce<T>(look: () => T | Promise<T>): Promise<{ value?: T; error?: unknown }> {
  try {
    return { value: await look() };
  } catch (error) {
    return { error: error ?? new Error('thrown without a reason') };
  }
}

function describeError(error: unknown): string {
  return error instanceof Error ? error.message : inspect(error);
}
