import { writeFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { compileClockShim } from './compileClockShim.ts';

/** The wall clock of all programs that are started with its `env`, as if they ran on another host. */
export interface AdjustableClock {
  /** Variables to add to the environment of a program. Programs with the same clock move together. */
  readonly env: Readonly<Record<'LD_PRELOAD' | 'ROWLOCK_CLOCK_OFFSET_FILE', string>>;
  /** The difference to the clock of this process, in ms. 0 at first. */
  readonly offsetMs: number;
  /**
   * Moves the clock by this many ms at once, also for running programs. Negative values move it back. Monotonic clocks
   * and everything that they time do not move: Node's timers, the cron of Redis.
   */
  jump(ms: number): void;
}

/**
 * Creates a clock for programs on Linux. A preloaded library moves it; see clockShim.c. The offset is stored in a file in
 * the folder, which must exist until the programs have ended. Statically linked programs ignore the clock.
 */
export async function createAdjustableClock(folder: string): Promise<AdjustableClock> {
  const library = await compileClockShim();
  await mkdir(folder, { recursive: true });
  const file = join(folder, 'clock-offset');
  writeFileSync(file, offsetBytes(0));
  let offsetMs = 0;
  return {
    env: {
      LD_PRELOAD: [library, process.env.LD_PRELOAD].filter(Boolean).join(' '),
      ROWLOCK_CLOCK_OFFSET_FILE: file,
    },
    get offsetMs() {
      return offsetMs;
    },
    jump(ms) {
      offsetMs += ms;
      // `r+` does not truncate the file. It is mapped, so a program that reads past its end would crash.
      writeFileSync(file, offsetBytes(offsetMs), { flag: 'r+' });
    },
  };
}

function offsetBytes(offsetMs: number): Uint8Array {
  return new Uint8Array(new BigInt64Array([BigInt(Math.round(offsetMs * 1_000))]).buffer);
}
