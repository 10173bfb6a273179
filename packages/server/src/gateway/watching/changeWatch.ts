/** Hands changes of watched records to their watchers. Call it in the lane. */
import type { RecordChange, RecordKey } from '@rowlock/protocol';
import { type LogEntry, type LogPosition, timeOf } from '../../changeLog/entry.ts';
import { readCoverage } from '../../locks/registry/coverage.ts';
import type { InternalVersions } from '../../versions/versions.ts';
import type { Session } from '../session/session.ts';
import type { NoticedChange } from '../view/recordChanges.ts';
import type { WatchedRecords } from '../view/watchedRecords.ts';

/** Records that are asked about at once */
const LOAD_CHUNK = 10_000;

export interface ChangeWatch {
  /** Reads the version of the namespace, if this gateway does not know it. */
  begin(): Promise<void>;
  apply(entry: Extract<LogEntry, { kind: 'changed' }>): void;
  /** The newest changes of records after a version, newest first. May be called outside of the lane. */
  listSince(
    version: number,
    records: readonly RecordKey[],
    ancestors: ReadonlyMap<RecordKey, readonly RecordKey[]>,
  ): Promise<RecordChange[]>;
  /** Finds the changes that this gateway has missed. If that is impossible, every record may have changed. */
  reload(): Promise<void>;
}

export function createChangeWatch({
  watched,
  versions,
}: {
  watched: WatchedRecords<Session>;
  versions: Pick<InternalVersions, 'current' | 'newestChanges'>;
}): ChangeWatch {
  const { changes, states } = watched;

  function send(records: readonly RecordKey[], change: NoticedChange, position?: LogPosition): void {
    const news = changes.note(records, change);
    for (const [session, keys] of watched.byWatcher(news)) session.noteChanged(keys, position);
  }

  async function begin(): Promise<void> {
    if (changes.version === 0) changes.version = await versions.current();
  }

  async function missedSince(version: number, records: readonly RecordKey[]): Promise<void> {
    const ancestors = new Map(records.map((key) => [key, states.ancestorsOf(key)]));
    const missed = await versions.newestChanges(records, version, ancestors);
    for (const { records: changed, ...change } of missed.changes) send(changed, change);
    changes.version = Math.max(changes.version, missed.current);
  }

  return {
    begin,

    apply({ version, by, actor, how, chunk, position }) {
      const change = { version, by, how, ...(actor && { actor }), at: timeOf(position) };
      send(states.coveredBy(readCoverage([chunk])), change, position);
    },

    async listSince(version, records, ancestors) {
      const { changes: missed } = await versions.newestChanges(records, version, ancestors);
      return missed
        .map((change) => ({ ...change, recordCount: change.records.length }))
        .sort((one, other) => other.version - one.version);
    },

    async reload() {
      const since = changes.version;
      const records = watched.keys();
      if (since === 0 || records.length === 0) {
        changes.version = 0;
        return begin();
      }
      for (let start = 0; start < records.length; start += LOAD_CHUNK) {
        await missedSince(since, records.slice(start, start + LOAD_CHUNK));
      }
    },
  };
}
