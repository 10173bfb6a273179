/** The book of this tab's claims and leases: what becomes of each is written here, kept for a reload, and told. */
import type {
  ErrorBody,
  LeaseId,
  LeaseLost,
  LeaseSecret,
  LockMode,
  OwnedLease,
  RecordKey,
} from '@rowlock/protocol';
import { type ClaimState, claimId, findLeaseSecret } from './claim.ts';
import type { LeaseStorage, StoredLease } from './leaseStorage.ts';
import { become, covers, createOwnClaim, isWanted, type OwnClaim, storedLeaseOf } from './ownClaim.ts';

export interface LeaseBookOptions {
  storage: LeaseStorage;
  /** Which leases are ours has changed. */
  onChanged: (leaseIds: LeaseId[]) => void;
}

export class LeaseBook {
  readonly #options: LeaseBookOptions;
  readonly #claims = new Map<string, OwnClaim>();
  /** Ids that are, or lately were, ours: until the server's view follows, they are not shown as somebody else's. */
  readonly #ours = new Set<LeaseId>();
  /** Who the server takes this tab's user for on the present connection */
  actorId: string | undefined;
  #restored: Promise<void> | undefined;

  constructor(options: LeaseBookOptions) {
    this.#options = options;
  }

  /** Takes over what this tab held before it was reloaded. */
  load(): void {
    this.#restored ??= this.#options.storage.load().then((leases) => {
      for (const lease of leases) this.#restore(lease);
    });
  }

  /** Resolves once what `load` takes over is in the book. */
  get restored(): Promise<void> | undefined {
    return this.#restored;
  }

  /** The page stops: the next page of this tab may own what is stored. */
  suspend(): void {
    this.#options.storage.suspend();
  }

  /** The page runs again. */
  async resume(): Promise<void> {
    await this.#options.storage.resume();
    this.save();
  }

  close(): void {
    this.#options.storage.close();
    this.#restored = undefined;
  }

  claims(): OwnClaim[] {
    return [...this.#claims.values()];
  }

  isOurs(leaseId: LeaseId): boolean {
    return this.#ours.has(leaseId);
  }

  /** The claim that has this lease in hand. */
  claimOf(leaseId: LeaseId): OwnClaim | undefined {
    return this.claims().find((claim) => findLeaseSecret(claim.state)?.leaseId === leaseId);
  }

  /** Whether the claim's lease counts as confirmed has changed. */
  announce(claim: OwnClaim): void {
    become(claim, claim.state);
    const leaseSecret = findLeaseSecret(claim.state);
    if (leaseSecret) this.#options.onChanged([leaseSecret.leaseId]);
  }

  /** The claim on these records in that mode: the one that is there, or a new one. */
  claimOn(records: readonly RecordKey[], mode: LockMode, label: string | undefined): OwnClaim {
    const id = claimId(records, mode);
    const known = this.#claims.get(id);
    if (known) return known;
    const claim = createOwnClaim(id, [...new Set(records)], mode, label);
    this.#claims.set(id, claim);
    return claim;
  }

  /** This tab can prove one lease that covers all of these records in that mode. */
  holds(records: readonly RecordKey[], mode: LockMode): boolean {
    return this.claims().some((claim) => findLeaseSecret(claim.state) && covers(claim, records, mode));
  }

  /** The secret of the lease of that id, or of an exclusive one that covers all of the records. */
  findLeaseSecret(wanted: LeaseId | readonly RecordKey[]): LeaseSecret | undefined {
    for (const claim of this.#claims.values()) {
      const leaseSecret = findLeaseSecret(claim.state);
      if (leaseSecret && isWanted(claim, wanted)) return leaseSecret;
    }
    return undefined;
  }

  listLeaseSecrets(): LeaseSecret[] {
    return this.claims()
      .map((claim) => findLeaseSecret(claim.state))
      .filter((leaseSecret) => leaseSecret !== undefined);
  }

  hold(claim: OwnClaim, lease: OwnedLease): void {
    this.#ours.add(lease.id);
    claim.nextSecret = undefined;
    claim.actorId = this.actorId;
    become(claim, { kind: 'held', lease });
    claim.settle({ ok: true, lease });
    this.save();
    this.#options.onChanged([lease.id]);
  }

  /** The connection is gone: the server has to confirm every lease again. */
  unconfirmAll(): void {
    for (const claim of this.claims()) {
      const leaseSecret = findLeaseSecret(claim.state);
      if (leaseSecret) become(claim, { kind: 'resuming', leaseSecret });
    }
  }

  /** Its lease counts as ours no more, and it is to be acquired from the beginning. */
  beginAnew(claim: OwnClaim): void {
    const leaseSecret = findLeaseSecret(claim.state);
    if (leaseSecret) this.#ours.delete(leaseSecret.leaseId);
    become(claim, { kind: 'acquiring' });
  }

  refuse(claim: OwnClaim, error: ErrorBody): void {
    this.#end(claim, { kind: 'refused', error });
    claim.settle({ ok: false, error });
  }

  release(claim: OwnClaim): void {
    this.#end(claim, { kind: 'released' });
  }

  lose(claim: OwnClaim, reason: LeaseLost['reason']): void {
    const leaseSecret = findLeaseSecret(claim.state);
    if (leaseSecret) this.#ours.delete(leaseSecret.leaseId);
    this.#end(claim, { kind: 'lost', reason });
    const message =
      'The lease could not be taken back: it ended while this tab was away. Acquire the records again before writing.';
    claim.settle({ ok: false, error: { code: 'lease_lost', message } });
    if (leaseSecret) this.#options.onChanged([leaseSecret.leaseId]);
  }

  save(): void {
    this.#options.storage.save(
      this.claims()
        .map(storedLeaseOf)
        .filter((lease) => lease !== undefined),
    );
  }

  #restore({ leaseId, secret, nextSecret, records, mode, label, actorId }: StoredLease): void {
    const claim = this.claimOn(records, mode, label);
    claim.nextSecret = nextSecret;
    claim.actorId = actorId;
    this.#ours.add(leaseId);
    become(claim, { kind: 'resuming', leaseSecret: { leaseId, secret } });
  }

  #end(claim: OwnClaim, state: ClaimState): void {
    claim.cancelRelease();
    claim.cancelLapse();
    if (this.#claims.get(claim.id) === claim) this.#claims.delete(claim.id);
    become(claim, state);
    this.save();
  }
}
