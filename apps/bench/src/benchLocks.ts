import { startRedis } from '@rowlock/test-utils';
import { measure, type Samples } from './measure.ts';
import { type Report, report } from './report.ts';
import { floor } from './systems/floor.ts';
import { redlock } from './systems/redlock.ts';
import { rowlock } from './systems/rowlock.ts';

export interface BenchLocksOptions {
  sizes: readonly number[];
  /** Rounds that count, at each size. Default: as many as give steady medians in reasonable time. */
  rounds?: number;
  say: (line: string) => void;
}

const WARM_UP_SHARE = 0.2;

/** Compares the systems on one private Redis in one run. */
export async function benchLocks({ sizes, rounds, say }: BenchLocksOptions): Promise<Report> {
  const redis = await startRedis();
  const systems = [rowlock(redis.url), redlock(redis.url), floor(redis.url)];
  try {
    const samples: Samples[] = [];
    for (const size of sizes) {
      const counted = rounds ?? defaultRounds(size);
      const warmUpRounds = Math.max(2, Math.round(counted * WARM_UP_SHARE));
      const onRound = (done: number, of: number) => {
        if (done === of || done % Math.ceil(of / 10) === 0) say(`${size} records: round ${done} of ${of}`);
      };
      samples.push(...(await measure({ systems, size, rounds: counted, warmUpRounds, onRound })));
    }
    return report(samples);
  } finally {
    await Promise.all(systems.map((system) => system.close()));
    await redis.stop();
  }
}

function defaultRounds(size: number): number {
  if (size <= 10) return 1_000;
  return size <= 1_000 ? 300 : 60;
}
