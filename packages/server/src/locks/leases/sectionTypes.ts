/** The types of critical sections. */
import type { Holder, LeaseSecret, LockMode, LockScope, RecordKey } from '@rowlock/protocol';
import type { LeaseHandle } from './leaseHandle.ts';

/** A lease that code inside the section may join. */
export interface JoinableLease {
  holder: Pick<Holder, 'type' | 'id'>;
  mode: LockMode;
  lease: LeaseHandle;
  /** Whether the holder itself has ended the lease before the end of the section. Default: it never does */
  hasEnded?(): boolean;
}

/** A lease of the code in a section that a task can take over. */
export interface TransferableLease extends LeaseSecret {
  /** The actor of its holder */
  ownerId: string;
  hasEnded(): boolean;
  /** A task has it now: the work in the section has lost it */
  onTransferred(): void;
}

export interface SectionRequest {
  namespace: string;
  records: readonly RecordKey[];
  mode?: LockMode | undefined;
  scope?: LockScope | undefined;
  /** False: the registry alone decides when the section starts. Default true */
  takesTurns?: boolean | undefined;
  /** Stops waiting for the turn; the section rejects with its reason */
  signal?: AbortSignal | undefined;
}

export interface Section {
  readonly request: SectionRequest;
  readonly parent: Section | undefined;
  /** The running sections of one tree, in the order of their start */
  readonly tree: Set<Section>;
  readonly ended: Promise<void>;
  readonly joinedWork: Set<Promise<unknown>>;
  waitsFor: readonly Section[];
  joinable?: JoinableLease | undefined;
  /** The leases that a task can take over if it is launched in the section */
  readonly transferable: TransferableLease[];
}
