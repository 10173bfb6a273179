/** Reads the locks of watched records, and hands changes to their watchers. Call it in the lane. */
import type { RecordKey } from '@rowlock/protocol';
import type { LogPosition } from '../../changeLog/entry.ts';
import type { Ancestors } from '../../locks/registry/hierarchy.ts';
import type { LockRegistry } from '../../locks/registry/lockRegistry.ts';
import type { Session } from '../session/session.ts';
import type { WatchedRecords } from '../view/watchedRecords.ts';

/** Records that are read at once */
const LOAD_CHUNK = 10_000;

export interface RecordChange {
  records: readonly RecordKey[];
  position: LogPosition;
}

export interface RecordWatch {
  /** The session gets all later changes. Returns the position of what the gateway knows about the records then. */
  begin(session: Session, records: readonly RecordKey[], ancestors: Ancestors): Promise<LogPosition>;
  /** Reads all watched records again. Each difference comes at once, so that it is sent even if a later read fails. */
  reload(): AsyncGenerator<RecordChange>;
  send(changes: readonly RecordChange[]): void;
}

export function createRecordWatch({
  watched,
  registry,
}: {
  watched: WatchedRecords<Session>;
  registry: Pick<LockRegistry, 'check'>;
}): RecordWatch {
  return {
    async begin(session, records, ancestors) {
      // Watched first, then loaded. An entry that arrives meanwhile waits in the lane, and is compared by its position.
      const unknown = watched.watch(records, session);
      for (const key of unknown) watched.states.place(key, ancestors.get(key) ?? []);
      const snapshot = await registry.check(unknown, ancestors);
      watched.states.load(unknown, snapshot);
      return snapshot.position;
    },

    async *reload() {
      const records = watched.keys();
      for (let start = 0; start < records.length; start += LOAD_CHUNK) {
        const chunk = records.slice(start, start + LOAD_CHUNK);
        const ancestors = new Map(chunk.map((key) => [key, watched.states.ancestorsOf(key)]));
        const snapshot = await registry.check(chunk, ancestors);
        yield { records: watched.states.load(chunk, snapshot), position: snapshot.position };
      }
    },

    send(changes) {
      for (const { records, position } of changes) {
        for (const [session, keys] of watched.byWatcher(records)) session.noteRecords(keys, position);
      }
    },
  };
}
