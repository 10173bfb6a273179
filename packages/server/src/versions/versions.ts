/**
 * Versions of records: a write on old data is refused (P16). A screen remembers the version of the namespace at which it
 * loaded its data, and each write names it.
 */
import {
  type Actor,
  isLockable,
  malformed,
  plainText,
  type RecordChange,
  type RecordKey,
} from '@rowlock/protocol';
import { boundedText } from '../boundedText.ts';
import { RowlockError, StaleError } from '../errors.ts';
import type { LockRegistry } from '../locks/registry/lockRegistry.ts';
import { changedFieldsOf } from './changedFields.ts';
import { type Author, judgeStaleness, listNewest } from './staleness.ts';
import type { NewChange, VersionStore } from './versionStore.ts';

export interface Versions {
  /**
   * The version of the namespace now, a whole number below 2^53. Read it before the data, and send it with the data:
   * `Rowlock-Version`. @throws {UnavailableError}
   */
  current(): Promise<number>;
}

export interface ChangedOptions {
  /** The part of the application that has changed the records, for people and logs. Default `application` */
  by?: string;
  /** On whose behalf. Default nobody */
  actor?: Actor;
}

/** The same, with the calls for this package alone. */
export interface InternalVersions extends Versions {
  /** Stores a change, and returns its version. @throws {UnavailableError} It may be stored nevertheless */
  note(change: NewChange): Promise<number>;
  /**
   * Refuses a write on old data. Call it under a lease on the records, so that nothing changes between check and write.
   * @throws {StaleError} if somebody else than the author has changed a record after `since`, or if that is unknown
   */
  assertFresh(records: readonly RecordKey[], since: number, author: Author): Promise<void>;
  /**
   * The newest change of each record after a version, by anybody, and the newest version. If that is unknown, one
   * change without an author names all records. @throws {UnavailableError}
   */
  newestChanges(
    records: readonly RecordKey[],
    since: number,
    ancestors: ReadonlyMap<RecordKey, readonly RecordKey[]>,
  ): Promise<{ current: number; changes: NewestChange[] }>;
  /** `rowlock.changed` */
  changed(records: readonly RecordKey[], options?: ChangedOptions): Promise<number>;
}

/** A change, and all records of which it is the newest. */
type NewestChange = Omit<RecordChange, 'recordCount'>;

const MAX_BY_LENGTH = 128;

export function createVersions(deps: {
  store: VersionStore;
  registry: Pick<LockRegistry, 'getAncestors'>;
  /** @throws {RowlockError} `unknown_resource` */
  assertResources(records: readonly RecordKey[]): void;
}): InternalVersions {
  const { store, registry, assertResources } = deps;
  return {
    current: store.current,
    note: store.note,

    async assertFresh(records, since, author) {
      if (records.length === 0) return;
      const fields = changedFieldsOf(records, await registry.getAncestors(records));
      const memory = await store.changesSince(since, fields);
      const staleness = judgeStaleness(since, author, memory, fields);
      switch (staleness.kind) {
        case 'fresh':
          return;
        case 'unknown':
          throw new StaleError(memory.current, []);
        case 'changed':
          throw new StaleError(memory.current, staleness.changes, staleness.changedCount);
      }
    },

    async newestChanges(records, since, ancestors) {
      const fields = changedFieldsOf(records, ancestors);
      const memory = await store.changesSince(since, fields);
      return { current: memory.current, changes: listNewest(since, memory, fields) };
    },

    async changed(records, { by = 'application', actor } = {}) {
      for (const record of records) {
        if (!isLockable(record)) throw new RowlockError('bad_request', malformed(record));
      }
      if (records.length === 0) return store.current();
      assertResources(records);
      return store.note({
        records,
        by: boundedText(plainText(by), MAX_BY_LENGTH),
        actor: actor && { id: actor.id, name: plainText(actor.name) },
        how: 'application',
      });
    },
  };
}
