/**
 * P15: permissions are current. Each connected user is authenticated again, and their watches and leases are authorised
 * again, before `recheckMs` have passed since the last time. If permissions have changed, at once: until the answers have
 * come, the user's sessions are sent nothing.
 */
import type { Clock } from '../../clock.ts';
import type { Session } from '../session/session.ts';
import { type BegunRound, DueUsers } from './dueUsers.ts';

/** Users who are asked about at the same time, unless one is overdue. */
const MOST_AT_ONCE = 50;
const LOOKS_PER_INTERVAL = 20;

export interface Rechecks {
  /** A connection of this user was authenticated now. */
  noteConnected(actorId: string): void;
  /** The application answers differently now, for one actor or for everybody. */
  refresh(actorId?: string): void;
  /** Asks about everybody soon. Until then the last answers count. */
  recheckAll(): void;
  close(): void;
}

export interface RechecksParts {
  clock: Clock;
  /** No answer of the application outlives this time */
  recheckMs: number;
  listSessions(actorId?: string): readonly Session[];
  /** Asks about a user. Resolves when everything that is no longer permitted has ended, at the deadline (monotonic ms) or before. */
  checkUser(sessions: readonly Session[], deadlineMs: number): Promise<void>;
  /** 0 to 1 */
  random?(): number;
}

export function createRechecks({
  clock,
  recheckMs,
  listSessions,
  checkUser,
  random = Math.random,
}: RechecksParts): Rechecks {
  const users = new DueUsers({ recheckMs, mostAtOnce: MOST_AT_ONCE });
  const stopLooking = clock.every(recheckMs / LOOKS_PER_INTERVAL, look);
  let isClosed = false;

  function look(): void {
    const isConnected = (actorId: string) => listSessions(actorId).length > 0;
    begin(users.take(clock.nowMs(), isConnected));
  }

  function begin(rounds: readonly BegunRound[]): void {
    if (isClosed) return;
    for (const round of rounds) void check(round);
  }

  function hasten(sessions: readonly Session[]): void {
    for (const id of new Set(sessions.map(({ actor }) => actor.id))) users.hasten(id, clock.nowMs());
    begin(users.next(clock.nowMs()));
  }

  async function check({ actorId, deadlineMs }: BegunRound): Promise<void> {
    const sessions = listSessions(actorId);
    await checkUser(sessions, deadlineMs);
    const { isWantedAgain, next } = users.finish(actorId, clock.nowMs());
    // A session that is asked about once more stays suspended.
    if (!isWantedAgain) for (const session of sessions) session.resumeSending();
    begin(next);
  }

  return {
    noteConnected: (actorId) => users.add(actorId, clock.nowMs(), random()),

    refresh(actorId) {
      const sessions = listSessions(actorId);
      for (const session of sessions) session.suspendSending();
      hasten(sessions);
    },

    recheckAll: () => hasten(listSessions()),

    close() {
      isClosed = true;
      stopLooking();
    },
  };
}
