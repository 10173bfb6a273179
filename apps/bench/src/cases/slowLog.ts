import type { Redis } from 'ioredis';

/** As `SLOWLOG GET` answers: id, Unix time, µs, arguments, and more that is not used here. */
export type SlowLogEntry = [id: number, at: number, durationUs: number, args: string[], ...rest: unknown[]];

/** What those that watch send themselves. */
const WATCHING = new Set(['SLOWLOG', 'CONFIG', 'PING', 'INFO']);
const KEPT_ENTRIES = 100_000;

/** How long the longest command took, as Redis itself measured it: for so long nobody else was served. 0 of none. */
export const longestCommandMs = (entries: readonly SlowLogEntry[]): number =>
  entries
    .filter(([, , , args]) => !WATCHING.has((args[0] ?? '').toUpperCase()))
    .reduce((longest, [, , durationUs]) => Math.max(longest, durationUs / 1000), 0);

/** What `work` gave, and the longest command in its course. To note every command slows Redis down a little. */
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
