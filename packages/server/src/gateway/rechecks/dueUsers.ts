/**
 * Which users are asked about again, and when. No answer of the application outlives `recheckMs`, counted from its question.
 * So a user is due some time before that, and must have an answer by then. Pure.
 */

/** A user is due after this part of the interval, and overdue after that one: then they wait for nobody. */
const DUE_PART = 0.7;
const OVERDUE_PART = 0.8;

/** Times in monotonic ms */
interface Due {
  dueMs: number;
  overdueMs: number;
  /** Answers of this user are no longer good after it */
  deadlineMs: number;
}

interface KnownUser extends Due {
  isRunning: boolean;
  /** Their permissions have changed since the round that runs began */
  isWantedAgain: boolean;
}

export class DueUsers {
  readonly #recheckMs: number;
  readonly #mostAtOnce: number;
  readonly #users = new Map<string, KnownUser>();
  #running = 0;

  constructor({ recheckMs, mostAtOnce }: { recheckMs: number; mostAtOnce: number }) {
    this.#recheckMs = recheckMs;
    this.#mostAtOnce = mostAtOnce;
  }

  /** The user has a connection, which was authenticated now. `spread`: 0 to 1, so that users who come together are asked apart */
  add(actorId: string, nowMs: number, spread: number): void {
    if (this.#users.has(actorId)) return;
    const due = { ...this.#after(nowMs), dueMs: nowMs + ((1 + spread) / 2) * DUE_PART * this.#recheckMs };
    this.#users.set(actorId, { ...due, isRunning: false, isWantedAgain: false });
  }

  /** Their permissions have changed: they are due now. */
  hasten(actorId: string, nowMs: number): void {
    const user = this.#users.get(actorId);
    if (!user) return;
    user.isWantedAgain = user.isRunning;
    const recheckMs = this.#recheckMs;
    Object.assign(user, { dueMs: nowMs, overdueMs: nowMs + recheckMs / 2, deadlineMs: nowMs + recheckMs });
  }

  /** Takes the users whose round begins now, and forgets those that are no longer connected. */
  take(nowMs: number, isConnected: (actorId: string) => boolean): { actorId: string; deadlineMs: number }[] {
    const due: [string, KnownUser][] = [];
    for (const [actorId, user] of this.#users) {
      if (user.isRunning) continue;
      if (!isConnected(actorId)) this.#users.delete(actorId);
      else if (nowMs >= user.dueMs) due.push([actorId, user]);
    }
    const taken: { actorId: string; deadlineMs: number }[] = [];
    for (const [actorId, user] of due.sort(([, one], [, other]) => one.dueMs - other.dueMs)) {
      if (this.#running >= this.#mostAtOnce && nowMs < user.overdueMs) continue;
      taken.push({ actorId, deadlineMs: user.deadlineMs });
      Object.assign(user, this.#after(nowMs), { isRunning: true });
      this.#running += 1;
    }
    return taken;
  }

  /** The round of a user has ended. Returns whether it must begin again, since permissions have changed meanwhile. */
  finish(actorId: string): boolean {
    this.#running -= 1;
    const user = this.#users.get(actorId)!;
    const { isWantedAgain } = user;
    Object.assign(user, { isRunning: false, isWantedAgain: false });
    return isWantedAgain;
  }

  get size(): number {
    return this.#users.size;
  }

  #after(askedAtMs: number): Due {
    const recheckMs = this.#recheckMs;
    return {
      dueMs: askedAtMs + DUE_PART * recheckMs,
      overdueMs: askedAtMs + OVERDUE_PART * recheckMs,
      deadlineMs: askedAtMs + recheckMs,
    };
  }
}
