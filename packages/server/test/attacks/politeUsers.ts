/** Users who keep to all limits, and the time that their requests take. */
import { setTimeout as sleep } from 'node:timers/promises';
import { acquire } from '../fixtures/gatewayFixture.ts';
import type { Client } from '../fixtures/rig.ts';
import { POLITE_RECORDS } from './politeRecords.ts';

/** Three times a second, so 6 messages of 20 that a session may send */
const PAUSE_MS = 330;
const WINDOW_MS = 1_000;

/** So many windows of a second are judged together. */
const WINDOWS = 5;
const MOST_WINDOWS = 15;

/**
 * Each of at most 10 users acquires a row and releases it, again and again. Returns the 99th percentile of a window in ms: the
 * median of 5 windows in a row, since other programs of the machine disturb single ones, and an attack all of them. If the
 * machine is too busy to be within `mostMs`, it measures longer, 15 windows at most. The attack must last as long.
 */
export async function measurePoliteUsers(users: readonly Client[], mostMs: number): Promise<number> {
  const p99s: number[] = [];
  while (p99s.length < MOST_WINDOWS) {
    p99s.push(await measureWindow(users));
    if (p99s.length >= WINDOWS && medianOfLast(p99s) < mostMs) break;
  }
  return medianOfLast(p99s);
}

const medianOfLast = (p99s: readonly number[]): number => percentile(p99s.slice(-WINDOWS), 0.5);

async function measureWindow(users: readonly Client[]): Promise<number> {
  const times: number[] = [];
  const endMs = performance.now() + WINDOW_MS;
  await Promise.all(
    users.map(async (user, i) => {
      await sleep((i * PAUSE_MS) / users.length);
      while (performance.now() < endMs) {
        const sentMs = performance.now();
        const leaseSecret = await acquire(user, POLITE_RECORDS[i]!);
        const heldMs = performance.now();
        await user.send('release', leaseSecret);
        times.push(heldMs - sentMs, performance.now() - heldMs);
        await sleep(PAUSE_MS);
      }
    }),
  );
  return percentile(times, 0.99);
}

/** `share`: 0 to 1 */
const percentile = (values: readonly number[], share: number): number =>
  [...values].sort((one, other) => one - other)[Math.ceil(share * values.length) - 1] ??
  Number.POSITIVE_INFINITY;
