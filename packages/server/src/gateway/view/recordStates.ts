/**
 * The state of each watched record: the leases in force on it, at which position. Pure: it gets snapshots and entries of
 * the change log, and returns the records that have changed.
 *
 * A record's own position says which entries its state contains already. They are skipped for it. So a snapshot may
 * be taken at any time while the log grows, and nothing is lost or applied twice.
 */
import {
  type Holder,
  type LeaseId,
  type LeaseView,
  type RecordKey,
  resourceOf,
  wholeResource,
} from '@rowlock/protocol';
import { comparePositions, type LogPosition } from '../../changeLog/entry.ts';
import type { Coverage } from '../../locks/registry/coverage.ts';
import type { RecordLocks } from '../../locks/registry/lockRegistry.ts';
import { type KnownLeases, RecordLeases } from './recordLeases.ts';
import { Relation } from './relation.ts';

export class RecordStates {
  /** The position of each record's state. Undefined until its first snapshot */
  readonly #positions = new Map<RecordKey, LogPosition | undefined>();
  readonly #leases = new RecordLeases();
  /** The nodes above each record, as they were when it was first watched: a lock there covers it too */
  readonly #above = new Relation<RecordKey, RecordKey>();

  get leases(): KnownLeases {
    return this.#leases;
  }

  /** Begins with a record, unless it is here already. Until `place`, only locks on it and on its whole resource are seen. */
  add(key: RecordKey): void {
    if (this.#positions.has(key)) return;
    this.#positions.set(key, undefined);
    this.#above.add(key, wholeResource(resourceOf(key)));
  }

  /** Says what is above a record. */
  place(key: RecordKey, ancestors: readonly RecordKey[]): void {
    if (!this.#positions.has(key)) return;
    for (const node of this.ancestorsOf(key)) this.#above.remove(key, node);
    for (const node of ancestors) this.#above.add(key, node);
  }

  remove(key: RecordKey): void {
    this.#positions.delete(key);
    this.#leases.set(key, []);
    for (const node of [...this.#above.of(key)]) this.#above.remove(key, node);
  }

  /** Whether a record has had its first snapshot. */
  isKnown(key: RecordKey): boolean {
    return this.#positions.get(key) !== undefined;
  }

  ancestorsOf(key: RecordKey): RecordKey[] {
    const all = wholeResource(resourceOf(key));
    return [...this.#above.of(key)].filter((node) => node !== all);
  }

  /** Takes over a snapshot of `records`. Returns those whose leases differ from what was known. */
  load(records: readonly RecordKey[], snapshot: RecordLocks): RecordKey[] {
    const changed: RecordKey[] = [];
    for (const key of records) {
      if (!this.#positions.has(key)) continue;
      const leases = snapshot.held.get(key) ?? [];
      const isSame = this.isKnown(key) && leases.join() === this.#leases.on(key).join();
      this.#positions.set(key, snapshot.position);
      if (isSame) continue;
      this.#leases.set(key, leases, (id) => snapshot.leases.get(id));
      changed.push(key);
    }
    return changed;
  }

  /** Those of the records that are watched, and all watched ones below `subtrees` and below whole resources. */
  coveredBy({ records, subtrees }: Coverage): RecordKey[] {
    const roots = [...subtrees, ...records.filter((key) => key.endsWith('/*'))];
    const below = roots.flatMap((node) => [...this.#above.with(node)]);
    return [...new Set([...records, ...below])].filter((key) => this.#positions.has(key));
  }

  /** A lease covers `records`, and all below `subtrees`: one pass over what it covers. */
  acquired(
    lease: LeaseView,
    { records, subtrees }: { records: readonly RecordKey[]; subtrees: readonly RecordKey[] },
    position: LogPosition,
  ): RecordKey[] {
    this.#leases.update(lease);
    const below = subtrees.flatMap((node) => [...this.#above.with(node)]);
    const changed = this.#advance(below.length > 0 ? new Set([...records, ...below]) : records, position);
    const alone = [lease.id];
    const viewOf = () => lease;
    for (const key of changed) {
      const others = lease.mode === 'shared' ? this.#leases.on(key).filter((id) => id !== lease.id) : [];
      this.#leases.set(key, others.length > 0 ? [...others, lease.id] : alone, viewOf);
    }
    return changed;
  }

  /** A lease has another holder. */
  transferred(leaseId: LeaseId, holder: Holder, position: LogPosition): RecordKey[] {
    this.#leases.transfer(leaseId, holder);
    return this.#advance(this.#leases.recordsOf(leaseId), position);
  }

  /** A lease has ended, or no longer covers `records`. */
  released(leaseId: LeaseId, position: LogPosition, records?: readonly RecordKey[]): RecordKey[] {
    const covered = this.#leases.recordsOf(leaseId);
    const changed = this.#advance(records ? records.filter((key) => covered.has(key)) : covered, position);
    for (const key of changed) {
      const others = this.#leases.on(key).filter((id) => id !== leaseId);
      this.#leases.set(key, others);
    }
    return changed;
  }

  /** Those of the records whose state does not contain the entry at `position` yet. From now on it does. */
  #advance(records: Iterable<RecordKey>, position: LogPosition): RecordKey[] {
    const behind: RecordKey[] = [];
    // Most records have their position from the same entry or snapshot.
    let compared: LogPosition | undefined;
    let isLater = false;
    for (const key of records) {
      const known = this.#positions.get(key);
      // A record without a position has no snapshot yet. Its snapshot will contain the entry.
      if (known === undefined) continue;
      if (known !== compared) {
        compared = known;
        isLater = comparePositions(position, known) > 0;
      }
      if (!isLater) continue;
      this.#positions.set(key, position);
      behind.push(key);
    }
    return behind;
  }
}
