/**
 * The leases of this tab. Those who want the same records in the same mode share one claim; the lease is let go a little
 * after the last of them has gone, so that a remount takes it back.
 *
 *   acquiring ──► held ◄──► resuming        (the connection was lost, or the page was reloaded)
 *       │          │           │
 *       ▼          ▼           ▼
 *    refused    released | lost
 */
import type {
  ErrorBody,
  LeaseId,
  LeaseLost,
  LeaseProof,
  LockMode,
  OwnedLease,
  RecordKey,
} from '@rowlock/protocol';
import {
  type AcquireResult,
  type Claim,
  type ClaimOptions,
  type ClaimState,
  claimId,
  proofIn,
} from './claim.ts';
import type { Clock } from './clock.ts';
import type { LeaseStorage, StoredLease } from './leaseStorage.ts';
import { randomToken } from './randomToken.ts';
import type { Transport } from './transport.ts';

export interface OwnLeasesOptions {
  transport: Transport;
  clock: Clock;
  storage: LeaseStorage;
  /** Resolves once messages can be sent; with an error where that is not to be waited for. */
  whenConnected: () => Promise<ErrorBody | undefined>;
  /** Which leases are ours has changed. */
  onChanged: (leaseIds: LeaseId[]) => void;
}

/** A StrictMode remount and a route that is left and entered again keep the lease. */
const RELEASE_AFTER_MS = 250;
/** Leases that a reload took back, and that nobody on the new page wants, are let go after this time. */
const RELEASE_ORPHANS_AFTER_MS = 10_000;
const RETRY_AFTER_MS = 2_000;

interface Entry {
  id: string;
  records: RecordKey[];
  mode: LockMode;
  label: string | undefined;
  shares: number;
  state: ClaimState;
  /** Named and kept before it is asked for, so that a `resume` whose answer was lost can be asked again */
  nextSecret: string | undefined;
  listeners: Set<() => void>;
  isRequested: boolean;
  isSettled: boolean;
  settled: Promise<AcquireResult>;
  settle: (result: AcquireResult) => void;
  cancelRelease: () => void;
}

export class OwnLeases {
  readonly #options: OwnLeasesOptions;
  readonly #entries = new Map<string, Entry>();
  /** Ids that are, or lately were, ours: until the server's view follows, they are not shown as somebody else's. */
  readonly #ours = new Set<LeaseId>();
  #restored: Promise<void> | undefined;
  #connection = 0;

  constructor(options: OwnLeasesOptions) {
    this.#options = options;
  }

  /** Takes over what this tab held before it was reloaded. */
  start(): void {
    this.#restored ??= this.#options.storage.load().then((leases) => {
      for (const lease of leases) this.#restore(lease);
    });
  }

  /** Lets everything go. */
  async stop(): Promise<void> {
    await Promise.all([...this.#entries.values()].map((entry) => this.#release(entry)));
    this.#options.storage.close();
    this.#restored = undefined;
  }

  isOurs(leaseId: LeaseId): boolean {
    return this.#ours.has(leaseId);
  }

  claim(records: readonly RecordKey[], { mode = 'exclusive', label }: ClaimOptions = {}): Claim {
    const id = claimId(records, mode);
    const entry = this.#entries.get(id) ?? this.#create(id, [...new Set(records)], mode, label);
    entry.shares += 1;
    entry.cancelRelease();
    if (entry.state.kind === 'acquiring' && !entry.isRequested) void this.#acquire(entry);
    return this.#share(entry);
  }

  /** The proof of the lease of that id, or of an exclusive one that covers all of the records. */
  proofOf(wanted: LeaseId | readonly RecordKey[]): LeaseProof | undefined {
    for (const entry of this.#entries.values()) {
      const proof = proofIn(entry.state);
      if (!proof) continue;
      if (typeof wanted === 'string') {
        if (proof.leaseId === wanted) return proof;
      } else if (
        entry.mode === 'exclusive' &&
        wanted.length > 0 &&
        wanted.every((key) => entry.records.includes(key))
      ) {
        return proof;
      }
    }
    return undefined;
  }

  proofs(): LeaseProof[] {
    return [...this.#entries.values()]
      .map((entry) => proofIn(entry.state))
      .filter((proof) => proof !== undefined);
  }

  /** On a new connection the server knows this tab's leases only once they are taken back. */
  async begin(): Promise<void> {
    this.#connection += 1;
    await this.#restored;
    await this.resume();
  }

  /** Takes back what the server has not confirmed yet. What is held already keeps its secret. */
  async resume(): Promise<void> {
    const unconfirmed = [...this.#entries.values()].filter((entry) => entry.state.kind === 'resuming');
    await Promise.all(unconfirmed.map((entry) => this.#resume(entry)));
  }

  abandon(): void {
    this.#connection += 1;
    for (const entry of this.#entries.values()) {
      const proof = proofIn(entry.state);
      if (proof) this.#become(entry, { kind: 'resuming', proof });
    }
  }

  lost({ leaseId, reason }: LeaseLost): void {
    for (const entry of this.#entries.values()) {
      if (proofIn(entry.state)?.leaseId === leaseId) this.#lose(entry, reason);
    }
  }

  #share(entry: Entry): Claim {
    let given = false;
    return {
      records: entry.records,
      state: () => entry.state,
      settled: entry.settled,
      subscribe(listener) {
        entry.listeners.add(listener);
        return () => entry.listeners.delete(listener);
      },
      release: async (when) => {
        if (given) return;
        given = true;
        entry.shares -= 1;
        if (entry.shares > 0) return;
        if (when === 'now') return this.#release(entry);
        await new Promise<void>((resolve) => {
          const cancelTimer = this.#options.clock.after(RELEASE_AFTER_MS, () => {
            void this.#release(entry).then(resolve);
          });
          entry.cancelRelease = () => {
            cancelTimer();
            resolve();
          };
        });
      },
    };
  }

  #create(id: string, records: RecordKey[], mode: LockMode, label: string | undefined): Entry {
    let resolve: (result: AcquireResult) => void = () => {};
    const settled = new Promise<AcquireResult>((settle) => {
      resolve = settle;
    });
    const entry: Entry = {
      id,
      records,
      mode,
      label,
      shares: 0,
      state: { kind: 'acquiring' },
      nextSecret: undefined,
      listeners: new Set(),
      isRequested: false,
      isSettled: false,
      settled,
      settle(result) {
        entry.isSettled = true;
        resolve(result);
      },
      cancelRelease: () => {},
    };
    this.#entries.set(id, entry);
    return entry;
  }

  #restore({ leaseId, secret, nextSecret, records, mode, label }: StoredLease): void {
    const id = claimId(records, mode);
    const entry = this.#entries.get(id) ?? this.#create(id, records, mode, label);
    entry.nextSecret = nextSecret;
    this.#ours.add(leaseId);
    this.#become(entry, { kind: 'resuming', proof: { leaseId, secret } });
  }

  async #acquire(entry: Entry): Promise<void> {
    entry.isRequested = true;
    const failure = await this.#options.whenConnected();
    await this.#restored;
    // A reload's stored lease fits: `begin` takes it back.
    if (entry.state.kind !== 'acquiring') return;
    if (failure) return this.#refuse(entry, failure);
    const answer = await this.#options.transport.request('acquire', {
      records: entry.records,
      mode: entry.mode,
      ...(entry.label !== undefined && { label: entry.label }),
    });
    if (!answer.ok) return this.#refuse(entry, answer.error);
    this.#hold(entry, answer.lease);
    // Its owner has gone meanwhile, and with it the reason to hold anything.
    if (entry.shares === 0) await this.#release(entry);
  }

  async #resume(entry: Entry): Promise<void> {
    const proof = entry.state.kind === 'resuming' ? entry.state.proof : undefined;
    if (!proof) return;
    const connection = this.#connection;
    entry.nextSecret ??= randomToken();
    this.#save();
    const answer = await this.#options.transport.request('resume', {
      ...proof,
      nextSecret: entry.nextSecret,
    });
    if (entry.state.kind === 'released' && answer.ok) {
      // Let go while the answer was under way: only the new secret can end it.
      return this.#sendRelease({ leaseId: answer.lease.id, secret: answer.lease.secret });
    }
    if (entry.state.kind !== 'resuming' || connection !== this.#connection) return;
    if (answer.ok) {
      this.#hold(entry, answer.lease);
      if (entry.shares === 0) this.#releaseOrphanLater(entry);
      return;
    }
    // Redis is away or we were too fast: the lease may well be in force, and is asked for again.
    if (answer.error.code === 'unavailable' || answer.error.code === 'rate_limited') {
      this.#options.clock.after(RETRY_AFTER_MS, () => {
        if (connection === this.#connection) void this.#resume(entry);
      });
      return;
    }
    // Somebody waits for a first answer since before the page knew of the old lease: it is acquired anew.
    if (entry.shares > 0 && !entry.isSettled) {
      this.#ours.delete(proof.leaseId);
      this.#become(entry, { kind: 'acquiring' });
      return this.#acquire(entry);
    }
    this.#lose(entry, 'expired');
  }

  #releaseOrphanLater(entry: Entry): void {
    entry.cancelRelease();
    entry.cancelRelease = this.#options.clock.after(RELEASE_ORPHANS_AFTER_MS, () => {
      if (entry.shares === 0) void this.#release(entry);
    });
  }

  async #release(entry: Entry): Promise<void> {
    // While the answer to `acquire` is awaited there is nothing to release; `#acquire` does it then.
    if (entry.state.kind === 'acquiring') return;
    const proof = proofIn(entry.state);
    if (!proof) return;
    this.#end(entry, { kind: 'released' });
    await this.#sendRelease(proof);
  }

  async #sendRelease(proof: LeaseProof): Promise<void> {
    const answer = await this.#options.transport.request('release', proof);
    if (answer.ok || answer.error.code !== 'rate_limited') return;
    // Left alone, the server would keep the lease for as long as this tab lives.
    await new Promise<void>((resolve) => this.#options.clock.after(RETRY_AFTER_MS, resolve));
    await this.#sendRelease(proof);
  }

  #hold(entry: Entry, lease: OwnedLease): void {
    this.#ours.add(lease.id);
    entry.nextSecret = undefined;
    this.#become(entry, { kind: 'held', lease });
    entry.settle({ ok: true, lease });
    this.#save();
    this.#options.onChanged([lease.id]);
  }

  #refuse(entry: Entry, error: ErrorBody): void {
    this.#end(entry, { kind: 'refused', error });
    entry.settle({ ok: false, error });
  }

  #lose(entry: Entry, reason: LeaseLost['reason']): void {
    const proof = proofIn(entry.state);
    if (proof) this.#ours.delete(proof.leaseId);
    this.#end(entry, { kind: 'lost', reason });
    const message =
      'The lease could not be taken back: it ended while this tab was away. Acquire the records again before writing.';
    entry.settle({ ok: false, error: { code: 'lease_lost', message } });
    if (proof) this.#options.onChanged([proof.leaseId]);
  }

  #end(entry: Entry, state: ClaimState): void {
    entry.cancelRelease();
    if (this.#entries.get(entry.id) === entry) this.#entries.delete(entry.id);
    this.#become(entry, state);
    this.#save();
  }

  #become(entry: Entry, state: ClaimState): void {
    entry.state = state;
    for (const listener of [...entry.listeners]) listener();
  }

  #save(): void {
    const leases: StoredLease[] = [];
    for (const entry of this.#entries.values()) {
      const proof = proofIn(entry.state);
      if (!proof) continue;
      const { nextSecret, records, mode, label } = entry;
      leases.push({
        ...proof,
        records,
        mode,
        ...(nextSecret !== undefined && { nextSecret }),
        ...(label !== undefined && { label }),
      });
    }
    this.#options.storage.save(leases);
  }
}
