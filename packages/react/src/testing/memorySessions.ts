/** The sessions of the server in memory: each belongs to the client that knows its secret, and to one user at a time. */
import type { MemoryTab } from './memoryTab.ts';
import { Refusal } from './refusal.ts';

export class MemorySessions {
  readonly #stored = new Map<string, { secret: string; actorId: string; hasEnded?: true }>();
  readonly #endLeases: (sessionId: string, actorId: string) => void;

  /** `endLeases` ends the leases of a user in a session. */
  constructor(endLeases: (sessionId: string, actorId: string) => void) {
    this.#endLeases = endLeases;
  }

  /**
   * Stores the session of a tab before the tab acquires or resumes a lease. If another user had it, their leases end first.
   * @throws {Refusal} `forbidden` if the session is another client's
   */
  ensure({ session, actor }: MemoryTab): void {
    if (!session) return;
    const { sessionId, secret } = session;
    const stored = this.#stored.get(sessionId);
    if (stored && stored.secret !== secret) {
      throw new Refusal({
        code: 'forbidden',
        message:
          'This session belongs to another client, whose secret differs. Start a new session: reload the page.',
      });
    }
    if (stored?.hasEnded) {
      const message =
        'This session has ended, because its user signed out. Start a new session: reload the page.';
      throw new Refusal({ code: 'forbidden', message });
    }
    if (stored && stored.actorId !== actor.id) this.#endLeases(sessionId, stored.actorId);
    this.#stored.set(sessionId, { secret, actorId: actor.id });
  }

  /** The user of a tab signs out: its session ends with its leases, and nobody continues it. */
  end({ session, sessionId, actor }: MemoryTab): void {
    const stored = session && this.#stored.get(sessionId);
    if (stored) stored.hasEnded = true;
    this.#endLeases(sessionId, actor.id);
  }
}
