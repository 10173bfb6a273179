import { inspect } from 'node:util';

export interface UntilOptions {
  /** How long to wait in all. Default 5,000. */
  timeoutMs?: number;
  /** The pause between two looks. Default 20. */
  intervalMs?: number;
  /** The awaited condition in words, for the message of a failure. */
  what?: string;
}

/**
 * Looks again and again until `look` gives something truthy, which is returned. A look that throws counts as "not
 * yet", so assertions can be waited for. On failure the error says what was seen last.
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
          : `failed: ${messageOf(seen.error)}`;
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

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : inspect(error);
}
