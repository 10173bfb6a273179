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

/** A user whose round begins now. `deadlineMs`: when they must have their answers, in monotonic ms */
export interface BegunRound {
  actorId: string;
  deadlineMs: number;
}

export class DueUsers {
  readonly #recheckMs: number;
  readonly #mostAtOnce: number;
  readonly #users = new Map<string, KnownUser>();
  /** Users who are due and wait for others, in their order. Some may have had their round meanwhile */
  #waiting = new Set<string>();
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

  /** Their permissions have changed: they are due now. `next` begins their round. */
  hasten(actorId: string, nowMs: number): void {
    const user = this.#users.get(actorId);
    if (!user) return;
    user.isWantedAgain = user.isRunning;
    const recheckMs = this.#recheckMs;
    Object.assign(user, { dueMs: nowMs, overdueMs: nowMs + recheckMs / 2, deadlineMs: nowMs + recheckMs });
    this.#waiting.add(actorId);
  }

  /** Looks at all users: takes those whose round begins now, and forgets those that are no longer connected. */
  take(nowMs: number, isConnected: (actorId: string) => boolean): BegunRound[] {
    const due: [string, KnownUser][] = [];
    for (const [actorId, user] of this.#users) {
      if (user.isRunning) continue;
      if (!isConnected(actorId)) this.#users.delete(actorId);
      else if (nowMs >= user.dueMs) due.push([actorId, user]);
    }
    due.sort(([, one], [, other]) => one.dueMs - other.dueMs);
    this.#waiting = new Set(due.map(([actorId]) => actorId));
    const begun = this.next(nowMs);
    for (const [actorId, { overdueMs }] of due) {
      if (nowMs >= overdueMs && this.#waiting.has(actorId)) begun.push(...this.#begin(actorId, nowMs));
    }
    return begun;
  }

  /** Takes users who wait, as long as there is room. It looks at no others. */
  next(nowMs: number): BegunRound[] {
    const begun: BegunRound[] = [];
    for (const actorId of this.#waiting) {
      if (this.#running >= this.#mostAtOnce) break;
      begun.push(...this.#begin(actorId, nowMs));
    }
    return begun;
  }

  /**
   * The round of a user has ended. `isWantedAgain`: it begins again, since permissions have changed meanwhile. `next`: the
   * users whose rounds begin in its place
   */
  finish(actorId: string, nowMs: number): { isWantedAgain: boolean; next: BegunRound[] } {
    this.#running -= 1;
    const user = this.#users.get(actorId)!;
    const { isWantedAgain } = user;
    Object.assign(user, { isRunning: false, isWantedAgain: false });
    if (isWantedAgain) this.#waiting.add(actorId);
    return { isWantedAgain, next: this.next(nowMs) };
  }

  /** None if the round of the user runs, or they are not due. */
  #begin(actorId: string, nowMs: number): BegunRound[] {
    this.#waiting.delete(actorId);
    const user = this.#users.get(actorId);
    if (!user || user.isRunning || nowMs < user.dueMs) return [];
    const { deadlineMs } = user;
    Object.assign(user, this.#after(nowMs), { isRunning: true });
    this.#running += 1;
    return [{ actorId, deadlineMs }];
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
