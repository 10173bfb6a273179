/** `client.presence`: who else looks at a record. A tab that watches it is visible to the others, and only such a tab. */
import type { RecordKey, Viewers } from '@rowlock/protocol';
import type { RowlockClientError } from './rowlockClientError.ts';
import { WatchedValues, type WatchedValuesOptions } from './watchedValues.ts';

export interface PresenceSnapshot extends Viewers {
  /** True while this may be out of date */
  isStale: boolean;
  /** Why the server refuses to show it */
  error?: RowlockClientError;
}

/** The viewers of records. */
export interface WatchedPresence {
  /**
   * Shows this tab to other viewers of the records, and them to this tab, until the returned function is called. At most 200
   * records by default (`limits.presenceRecords`). `listener` is called at most once a second.
   */
  watch(records: readonly RecordKey[], listener: () => void): () => void;
  /** The other users who look at the record now. The same object for as long as nothing that it shows has changed. */
  get(record: RecordKey): PresenceSnapshot;
}

const NOBODY: Viewers = Object.freeze({ actors: [], count: 0 });
const UNKNOWN: PresenceSnapshot = Object.freeze({ ...NOBODY, isStale: true });

export const createPresenceValues = (
  options: Pick<WatchedValuesOptions<Viewers, PresenceSnapshot>, 'subscriptions' | 'getConnection'>,
): WatchedValues<Viewers, PresenceSnapshot> =>
  new WatchedValues({
    ...options,
    kind: 'presence',
    unknown: UNKNOWN,
    toSnapshot: ({ value = NOBODY, isStale, error }) => ({ ...value, isStale, ...(error && { error }) }),
  });
