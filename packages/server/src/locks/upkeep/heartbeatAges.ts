/**
 * For how long each heartbeat was not renewed, as one observer has seen it on its own monotonic clock (P7).
 *
 * Only time between two successful checks counts, and a gap between checks counts as at most twice the interval. An
 * observer that could not check (Redis away, the process paused) has learned nothing about the holders meanwhile.
 */
interface HeartbeatAge {
  /** As Redis stores it: a count, with a letter before it if the lease is not in force */
  heartbeat: string;
  silentMs: number;
}

export type HeartbeatAges = ReadonlyMap<string, HeartbeatAge>;

export const NOTHING_SEEN: HeartbeatAges = new Map();

/**
 * @param elapsedMs time since the last successful check
 * @param intervalMs the planned time between two checks
 */
export function ageHeartbeats(
  before: HeartbeatAges,
  heartbeats: ReadonlyMap<string, string>,
  elapsedMs: number,
  intervalMs: number,
): HeartbeatAges {
  const countedMs = Math.max(0, Math.min(elapsedMs, 2 * intervalMs));
  const ages = new Map<string, HeartbeatAge>();
  for (const [leaseId, heartbeat] of heartbeats) {
    const last = before.get(leaseId);
    const silentMs = last && last.heartbeat === heartbeat ? last.silentMs + countedMs : 0;
    ages.set(leaseId, { heartbeat, silentMs });
  }
  return ages;
}
