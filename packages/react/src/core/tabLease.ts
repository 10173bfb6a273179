/** A lease of this tab, and the request for it. All who want the same records in the same mode use one. */
import type { LeaseLost, LeaseSecret, RecordKey } from '@rowlock/protocol';
import type { ClientClock } from './clock.ts';
import { type AcquireOutcome, findLeaseSecret, type LeaseState, type LeaseWish } from './leaseHandle.ts';
import type { StoredLease } from './leaseStorage.ts';
import { elapsedMs, type Moment } from './moment.ts';

export interface TabLease {
  /** Made of what its owners want: see `getTabLeaseId` */
  id: string;
  wish: LeaseWish;
  /** The records that it covers now, or waits for. With `skip` less than its owners want */
  records: readonly RecordKey[];
  /** Whether its request may take the records over from another tab of the user */
  moves: boolean;
  handleCount: number;
  state: LeaseState;
  /** The user who acquired it. Undefined before that */
  actorId: string | undefined;
  /** Stored before it is sent, so that a `resume` whose answer was lost can be repeated */
  nextSecret: string | undefined;
  listeners: Set<() => void>;
  isRequested: boolean;
  /** A takeover is under way, which may end the lease that its owners have now */
  isTakingOver: boolean;
  /** Reported during the takeover: it counts if the takeover is refused */
  lossDuringTakeover: Omit<LeaseLost, 'leaseId'> | undefined;
  isSettled: boolean;
  settled: Promise<AcquireOutcome>;
  settle: (outcome: AcquireOutcome) => void;
  cancelRelease: () => void;
  /** The lease was in force at `since`. Without a renewal it stays in force for `ttlMs` from there */
  term: { since: Moment; ttlMs: number } | undefined;
  cancelLapse: () => void;
  /** Its listeners know that the term is over */
  isLapsed: boolean;
}

export function createTabLease(id: string, wish: LeaseWish): TabLease {
  let resolve: (outcome: AcquireOutcome) => void = () => {};
  const settled = new Promise<AcquireOutcome>((settle) => {
    resolve = settle;
  });
  const lease: TabLease = {
    id,
    wish,
    records: wish.records,
    moves: false,
    handleCount: 0,
    state: { kind: 'acquiring' },
    actorId: undefined,
    nextSecret: undefined,
    listeners: new Set(),
    isRequested: false,
    isTakingOver: false,
    lossDuringTakeover: undefined,
    isSettled: false,
    settled,
    settle(outcome) {
      lease.isSettled = true;
      resolve(outcome);
    },
    cancelRelease: () => {},
    term: undefined,
    cancelLapse: () => {},
    isLapsed: false,
  };
  return lease;
}

/** The server has confirmed on the present connection that the lease is in force, or waits. */
export const isServed = ({ state }: TabLease): boolean =>
  state.kind === 'held' || (state.kind === 'waiting' && !state.isResuming);

/** By this tab's own clock, the lease cannot have expired yet. */
export const isConfirmed = ({ term }: TabLease, clock: ClientClock): boolean =>
  term !== undefined && elapsedMs(term.since, clock) < term.ttlMs;

export function setLeaseState(lease: TabLease, state: LeaseState): void {
  lease.state = state;
  for (const listener of [...lease.listeners]) listener();
}

/** Resolves when its owners have a lease, wait for one, or get none: no first answer to their request is under way. */
export function whenAnswered(lease: TabLease): Promise<void> {
  return new Promise((resolve) => {
    const look = () => {
      const { kind } = lease.state;
      if (kind === 'acquiring' || (kind === 'resuming' && !lease.isSettled)) return;
      lease.listeners.delete(look);
      resolve();
    };
    lease.listeners.add(look);
    look();
  });
}

/** The secrets that may prove the lease: while a `resume` is under way, the new one may count already. Empty if nothing is in force. */
export function listOwnSecrets({ state, nextSecret }: TabLease): LeaseSecret[] {
  const present = findLeaseSecret(state);
  if (!present) return [];
  return nextSecret === undefined ? [present] : [{ ...present, secret: nextSecret }, present];
}

/** Id and secret, when the lease is not being resumed. Undefined if it has ended, or after `limitMs`. */
export function whenResumed(
  lease: TabLease,
  { clock, limitMs }: { clock: ClientClock; limitMs: number },
): Promise<LeaseSecret | undefined> {
  return new Promise((resolve) => {
    const settle = (leaseSecret: LeaseSecret | undefined) => {
      lease.listeners.delete(look);
      cancelTimer();
      resolve(leaseSecret);
    };
    const look = () => {
      if (lease.state.kind !== 'resuming') settle(findLeaseSecret(lease.state));
    };
    const cancelTimer = clock.after(limitMs, () => settle(undefined));
    lease.listeners.add(look);
    look();
  });
}

/** The part that survives a reload. Undefined if nothing is in force or waits. */
export function getStoredLease(lease: TabLease): StoredLease | undefined {
  const leaseSecret = findLeaseSecret(lease.state);
  if (!leaseSecret) return undefined;
  const { nextSecret, records, wish, actorId, state } = lease;
  const { mode, scope, label, onConflict } = wish;
  return {
    ...leaseSecret,
    records: [...records],
    mode,
    ...(scope !== 'record' && { scope }),
    ...(onConflict === 'skip' && { skippedFrom: [...wish.records] }),
    ...(state.kind === 'waiting' && { isWaiting: true }),
    ...(nextSecret !== undefined && { nextSecret }),
    ...(label !== undefined && { label }),
    ...(actorId !== undefined && { actorId }),
  };
}
