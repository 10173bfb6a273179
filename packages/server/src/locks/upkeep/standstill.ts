/**
 * How long each heartbeat has stood still, as one observer has seen it on its own monotonic clock (P7).
 *
 * Only time between two successful looks counts, and a gap between looks counts as at most twice the interval: an
 * observer that could not look (Redis away, the process paused) has learned nothing about the holders meanwhile.
 */
export type Heartbeats = ReadonlyMap<string, string>;

interface Standstill {
  /** As it is written: a count, with a letter before it where the lease is not in force */
  heartbeat: string;
  stillMs: number;
}

export type Observation = ReadonlyMap<string, Standstill>;

export const NOTHING_SEEN: Observation = new Map();

/**
 * @param elapsedMs time since the last successful look
 * @param intervalMs the planned time between two looks
 */
export function observe(
  before: Observation,
  heartbeats: Heartbeats,
  elapsedMs: number,
  intervalMs: number,
): Observation {
  const countedMs = Math.max(0, Math.min(elapsedMs, 2 * intervalMs));
  const seen = new Map<string, Standstill>();
  for (const [leaseId, heartbeat] of heartbeats) {
    const last = before.get(leaseId);
    const stillMs = last && last.heartbeat === heartbeat ? last.stillMs + countedMs : 0;
    seen.set(leaseId, { heartbeat, stillMs });
  }
  return seen;
}
