import type { Redis } from 'ioredis';

/** An entry of `SLOWLOG GET`: id, Unix time, µs, arguments, and fields that are not used here. */
export type SlowLogEntry = [id: number, at: number, durationUs: number, args: string[], ...rest: unknown[]];

/** Commands that the bench itself sends to measure. */
const MEASURING = new Set(['SLOWLOG', 'CONFIG', 'PING', 'INFO']);
const KEPT_ENTRIES = 100_000;

/** Duration of the longest command as Redis measured it. Nobody else was served meanwhile. 0 without commands. */
export const longestCommandMs = (entries: readonly SlowLogEntry[]): number =>
  entries
    .filter(([, , , args]) => !MEASURING.has((args[0] ?? '').toUpperCase()))
    .reduce((longest, [, , durationUs]) => Math.max(longest, durationUs / 1000), 0);

/** The result of `work`, and the longest command while it ran. Logging every command slows Redis down a little. */
export async function longestCommandDuring<T>(
  redis: Redis,
  work: () => Promise<T>,
): Promise<{ result: T; longestMs: number }> {
  await redis.config('SET', 'slowlog-max-len', KEPT_ENTRIES);
  await redis.config('SET', 'slowlog-log-slower-than', 0);
  try {
    await redis.slowlog('RESET');
    const result = await work();
    return { result, longestMs: longestCommandMs((await redis.slowlog('GET', -1)) as SlowLogEntry[]) };
  } finally {
    await redis.config('SET', 'slowlog-log-slower-than', -1);
    await redis.slowlog('RESET');
  }
}
