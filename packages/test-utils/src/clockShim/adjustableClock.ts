import { writeFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { compileClockShim } from './compileClockShim.ts';

/** The wall clock of the programs that are started with its `env`: as if they were on a host of their own. */
export interface AdjustableClock {
  /** To be added to the environment of a program. Programs with one clock move together. */
  readonly env: Readonly<Record<'LD_PRELOAD' | 'ROWLOCK_CLOCK_OFFSET_FILE', string>>;
  /** How far it is from this process's own clock. 0 at first. */
  readonly offsetMs: number;
  /**
   * Moves it by so many ms, forwards or (negative) backwards, also for programs that run already, and at once.
   * Monotonic clocks and what is timed by them (timers of Node, Redis's own cron) are not touched.
   */
  jump(ms: number): void;
}

/**
 * A clock for programs on Linux, moved by a library that is preloaded into them; see clockShim.c. It lives in a file in
 * the folder, which must stay until they have ended. Programs that are linked statically do not see it.
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
      // Not truncated first, since the file is mapped: programs would crash when they read beyond its end.
      writeFileSync(file, offsetBytes(offsetMs), { flag: 'r+' });
    },
  };
}

function offsetBytes(offsetMs: number): Uint8Array {
  return new Uint8Array(new BigInt64Array([BigInt(Math.round(offsetMs * 1_000))]).buffer);
}
