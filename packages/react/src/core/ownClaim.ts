/** A claim of this tab, as it is kept: shared by all who want the same records in the same mode. */
import type { LeaseId, LockMode, RecordKey } from '@rowlock/protocol';
import { type AcquireResult, type ClaimState, findLeaseSecret } from './claim.ts';
import type { Clock } from './clock.ts';
import type { StoredLease } from './leaseStorage.ts';
import { elapsedMs, type Moment } from './moment.ts';

export interface OwnClaim {
  id: string;
  records: RecordKey[];
  mode: LockMode;
  label: string | undefined;
  shares: number;
  state: ClaimState;
  /** Whose lease it is, once there is one */
  actorId: string | undefined;
  /** Named and kept before it is asked for, so that a `resume` whose answer was lost can be asked again */
  nextSecret: string | undefined;
  listeners: Set<() => void>;
  isRequested: boolean;
  isSettled: boolean;
  settled: Promise<AcquireResult>;
  settle: (result: AcquireResult) => void;
  cancelRelease: () => void;
  /** Its lease was in force at `since`, and stays so for `ttlMs` without a word from anybody */
  term: { since: Moment; ttlMs: number } | undefined;
  cancelLapse: () => void;
}

export function createOwnClaim(
  id: string,
  records: RecordKey[],
  mode: LockMode,
  label: string | undefined,
): OwnClaim {
  let resolve: (result: AcquireResult) => void = () => {};
  const settled = new Promise<AcquireResult>((settle) => {
    resolve = settle;
  });
  const claim: OwnClaim = {
    id,
    records,
    mode,
    label,
    shares: 0,
    state: { kind: 'acquiring' },
    actorId: undefined,
    nextSecret: undefined,
    listeners: new Set(),
    isRequested: false,
    isSettled: false,
    settled,
    settle(result) {
      claim.isSettled = true;
      resolve(result);
    },
    cancelRelease: () => {},
    term: undefined,
    cancelLapse: () => {},
  };
  return claim;
}

/** By this tab's own clock, its lease cannot have expired yet. */
export const isConfirmed = ({ term }: OwnClaim, clock: Clock): boolean =>
  term !== undefined && elapsedMs(term.since, clock) < term.ttlMs;

export function become(claim: OwnClaim, state: ClaimState): void {
  claim.state = state;
  for (const listener of [...claim.listeners]) listener();
}

/** Its lease has that id, or is an exclusive one that covers all of the records. */
export function isWanted(claim: OwnClaim, wanted: LeaseId | readonly RecordKey[]): boolean {
  if (typeof wanted === 'string') return findLeaseSecret(claim.state)?.leaseId === wanted;
  return covers(claim, wanted, 'exclusive');
}

/** An exclusive lease serves for a shared one, too. */
export function covers(claim: OwnClaim, records: readonly RecordKey[], mode: LockMode): boolean {
  if (records.length === 0 || (mode === 'exclusive' && claim.mode === 'shared')) return false;
  const covered = new Set(claim.records);
  return records.every((key) => covered.has(key));
}

/** What of it outlives a reload: nothing where it has no lease. */
export function storedLeaseOf(claim: OwnClaim): StoredLease | undefined {
  const leaseSecret = findLeaseSecret(claim.state);
  if (!leaseSecret) return undefined;
  const { nextSecret, records, mode, label, actorId } = claim;
  return {
    ...leaseSecret,
    records,
    mode,
    ...(nextSecret !== undefined && { nextSecret }),
    ...(label !== undefined && { label }),
    ...(actorId !== undefined && { actorId }),
  };
}
