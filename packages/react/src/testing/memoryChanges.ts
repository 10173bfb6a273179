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

  /** The version of the newest change, or where versions begin. */
  get version(): number {
    return this.#version;
  }

  note(records: readonly RecordKey[], author: ChangeAuthor, at: number): RecordChange {
    const { actor, how = 'write', by = actor ? `tab-of-${actor.id}` : 'application' } = author;
    this.#version += 1;
    const version = this.#version;
    return {
      version,
      recordCount: records.length,
      records: [...records],
      how,
      by,
      ...(actor && { actor }),
      at,
    };
  }
}
