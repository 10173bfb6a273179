/** `server.sessions`: the sessions of users in the server in memory, as `rowlock.sessions`, and their permissions. */
import type { LeaseEnd, LeaseId } from '@rowlock/protocol';
import type { MemoryLedger } from './memoryLedger.ts';
import type { MemoryPermissions } from './memoryPermissions.ts';
import { recheckTabs } from './memoryRecheck.ts';
import type { MemoryTabs } from './memoryTabs.ts';
import type { MemoryViews } from './memoryViews.ts';

export interface MemoryUserSessionsParts {
  ledger: MemoryLedger;
  views: MemoryViews;
  permissions: MemoryPermissions;
  tabs: MemoryTabs;
  /** Runs something that a tab sees only after the server's delay. */
  later: (run: () => void) => void;
  end: (leaseId: LeaseId, reason: LeaseEnd) => void;
}

export class MemoryUserSessions {
  readonly #parts: MemoryUserSessionsParts;

  constructor(parts: MemoryUserSessionsParts) {
    this.#parts = parts;
  }

  /** A user is signed out elsewhere: their tabs lose their leases and connections. */
  disconnect(actorId: string): void {
    const { ledger, tabs, end } = this.#parts;
    for (const tab of tabs.list(actorId)) {
      for (const { view } of ledger.leasesOfTab(tab)) end(view.id, 'signed out');
    }
    this.#endConnections(actorId, 'You were signed out. Sign in again to continue.');
  }

  /** The credentials of a user expire: their connections end, and are refused until `signInAs` or `accept` of the transport. */
  expire(actorId: string): void {
    this.#endConnections(actorId, 'Your sign-in has expired. Sign in again to continue.');
  }

  /** A user, or everybody, may no longer see these records and tasks, nor hold the records. `keys`: record keys and ids of tasks */
  revoke(keys: readonly string[], actorId?: string): void {
    this.#parts.permissions.revoke(keys, actorId);
    this.refresh(actorId);
  }

  /** Undoes `revoke` for the same actor. */
  permit(keys: readonly string[], actorId?: string): void {
    this.#parts.permissions.permit(keys, actorId);
    this.refresh(actorId);
  }

  /** The answers of `authorize` have changed, for one actor or for everybody: what is no longer permitted ends. */
  refresh(actorId?: string): void {
    const { end } = this.#parts;
    recheckTabs(actorId, { ...this.#parts, end: (leaseId) => end(leaseId, 'not permitted') });
  }

  #endConnections(actorId: string, message: string): void {
    const { tabs, later } = this.#parts;
    for (const tab of tabs.list(actorId)) later(() => tab.end({ code: 'unauthenticated', message }));
  }
}
