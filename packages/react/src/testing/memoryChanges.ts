/** The changes of records in the server in memory: its version, and who has changed what. */
import type { Actor, ChangeOrigin, RecordChange, RecordKey } from '@rowlock/protocol';

/** The author of a change, and its origin. */
export interface ChangeAuthor {
  /** Default nobody */
  actor?: Actor;
  /** Default `write` */
  how?: ChangeOrigin;
  /** The task's id, the writer's id, or the application's own word. Default: the tab of the actor */
  by?: string;
}

export class MemoryChanges {
  #version = 1;
  readonly #all: RecordChange[] = [];

  /** The version of the newest change, or where versions begin. */
  get version(): number {
    return this.#version;
  }

  note(records: readonly RecordKey[], author: ChangeAuthor, at: number): RecordChange {
    const { actor, how = 'write', by = actor ? `tab-of-${actor.id}` : 'application' } = author;
    this.#version += 1;
    const change = {
      ...{ version: this.#version, recordCount: records.length, records: [...records], how, by },
      ...(actor && { actor }),
      at,
    };
    this.#all.unshift(change);
    return change;
  }

  /** The newest change of each of these records after a version, newest first. */
  since(version: number, records: readonly RecordKey[]): RecordChange[] {
    const open = new Set(records);
    const changes: RecordChange[] = [];
    for (const change of this.#all) {
      if (change.version <= version) break;
      const newest = change.records.filter((key) => open.delete(key));
      if (newest.length > 0) changes.push({ ...change, records: newest, recordCount: newest.length });
    }
    return changes;
  }
}
