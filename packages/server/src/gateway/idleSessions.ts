/**
 * Ends the leases of tabs in which nobody is active (`sessions.idleReleaseMs`). Decided here, by the monotonic clock of this
 * process: a page that is hidden or frozen runs no timers. The holder is warned before, and has the whole time from the warning
 * to the end, also if this process was busy in between.
 */
import type { Idle, IdleRule } from '@rowlock/protocol';
import type { Clock } from '../clock.ts';
import type { LeaseSession, SessionLeases } from '../locks/leases/sessionLeases.ts';

const LOOK_INTERVAL_MS = 1_000;

export interface IdleSession extends LeaseSession {
  onIdle(idle: Idle): void;
}

export interface IdleSessions {
  /** Somebody was active in the tab so many ms ago. An earlier moment than a known one changes nothing. */
  noteActivity(session: IdleSession, idleMs?: number): void;
  close(): void;
}

/** `warnedMs`: when it was warned, by the monotonic clock. Undefined if somebody was active since */
interface Activity {
  atMs: number;
  warnedMs: number | undefined;
}

export const NO_IDLENESS: IdleSessions = { noteActivity() {}, close() {} };

export function createIdleSessions({
  rule: { warnMs, releaseMs },
  clock,
  sessionLeases,
}: {
  rule: IdleRule;
  clock: Clock;
  sessionLeases: Pick<SessionLeases, 'listHolders' | 'endLeasesOfSession'>;
}): IdleSessions {
  const activities = new Map<IdleSession, Activity>();

  function cancelWarning(session: IdleSession, activity: Activity): void {
    if (activity.warnedMs === undefined) return;
    activity.warnedMs = undefined;
    session.onIdle({ endsAt: null });
  }

  function look(session: IdleSession, nowMs: number): void {
    const activity = activities.get(session) ?? { atMs: nowMs, warnedMs: undefined };
    activities.set(session, activity);
    const { warnedMs } = activity;
    if (warnedMs !== undefined) {
      if (nowMs - warnedMs < releaseMs - warnMs) return;
      activities.delete(session);
      void sessionLeases.endLeasesOfSession(session, 'idle');
    } else if (nowMs - activity.atMs >= warnMs) {
      activity.warnedMs = nowMs;
      session.onIdle({ endsAt: Date.now() + releaseMs - warnMs });
    }
  }

  const stop = clock.every(LOOK_INTERVAL_MS, () => {
    const holders = sessionLeases.listHolders() as Set<IdleSession>;
    for (const [session, activity] of activities) {
      if (holders.has(session)) continue;
      cancelWarning(session, activity);
      activities.delete(session);
    }
    for (const session of holders) look(session, clock.nowMs());
  });

  return {
    noteActivity(session, idleMs = 0) {
      const atMs = clock.nowMs() - idleMs;
      const activity = activities.get(session);
      if (!activity) activities.set(session, { atMs, warnedMs: undefined });
      else if (atMs > activity.atMs) {
        activity.atMs = atMs;
        if (idleMs < warnMs) cancelWarning(session, activity);
      }
    },
    close: stop,
  };
}
