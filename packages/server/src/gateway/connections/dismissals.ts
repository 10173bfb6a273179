/**
 * The users who were disconnected recently. A handshake that began before may have used credentials that have ended
 * since. So its connection ends too, and the client connects and authenticates again.
 */
import type { Clock } from '../../clock.ts';

/** Longer than a handshake takes. */
const KEPT_MS = 600_000;

export interface Dismissals {
  note(actorId: string): void;
  /** Whether the user was disconnected at that moment (monotonic ms) or after it. */
  isSince(actorId: string, beganMs: number): boolean;
}

export function createDismissals(clock: Clock): Dismissals {
  /** By actor id, the oldest first */
  const lastMs = new Map<string, number>();
  return {
    note(actorId) {
      const nowMs = clock.nowMs();
      lastMs.delete(actorId);
      lastMs.set(actorId, nowMs);
      for (const [oldest, ms] of lastMs) {
        if (nowMs - ms < KEPT_MS) break;
        lastMs.delete(oldest);
      }
    },
    isSince(actorId, beganMs) {
      const ms = lastMs.get(actorId);
      return ms !== undefined && ms >= beganMs;
    },
  };
}
