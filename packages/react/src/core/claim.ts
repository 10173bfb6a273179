/** A claim on records, as its owners see it: what it can be, and one owner's share in it. */
import type { ErrorBody, LeaseLost, LeaseSecret, LockMode, OwnedLease, RecordKey } from '@rowlock/protocol';

export interface ClaimOptions {
  mode?: LockMode;
  /** For others to read: "Edit Paris". Default: the actor's name */
  label?: string;
}

export type ClaimState =
  | { kind: 'acquiring' }
  | { kind: 'held'; lease: OwnedLease }
  | { kind: 'resuming'; leaseSecret: LeaseSecret }
  | { kind: 'refused'; error: ErrorBody }
  | { kind: 'lost'; reason: LeaseLost['reason'] }
  | { kind: 'released' };

export type AcquireResult = { ok: true; lease: OwnedLease } | { ok: false; error: ErrorBody };

/** One owner's share in a claim. */
export interface Claim {
  readonly records: readonly RecordKey[];
  state(): ClaimState;
  /** False where its lease may have expired by now, since nobody has confirmed it within its TTL */
  isConfirmed(): boolean;
  /** The first answer */
  settled: Promise<AcquireResult>;
  subscribe(listener: () => void): () => void;
  /**
   * Gives up this share; the lease ends when the last share is given up: at once, or a little later, so that one who
   * comes back in between finds it still there.
   */
  release(when: 'now' | 'soon'): Promise<void>;
}

/** Claims on the same records in the same mode are one. */
export const claimId = (records: readonly RecordKey[], mode: LockMode): string =>
  `${mode}\n${[...new Set(records)].sort().join('\n')}`;

export function findLeaseSecret(state: ClaimState): LeaseSecret | undefined {
  switch (state.kind) {
    case 'held':
      return { leaseId: state.lease.id, secret: state.lease.secret };
    case 'resuming':
      return state.leaseSecret;
    case 'acquiring':
    case 'refused':
    case 'lost':
    case 'released':
      return undefined;
    default: {
      const impossible: never = state;
      throw new TypeError(`impossible claim state: ${JSON.stringify(impossible)}`);
    }
  }
}
