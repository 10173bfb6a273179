import type { RecordId } from '@rowlock/protocol';

/** An id on a screen that may not have a row yet, such as a form for a new row. */
export type MaybeId = RecordId | null | undefined;

/** No row has such an id, so there is nothing to lock. `Number()` makes `NaN` of a missing part of the URL. */
export const isMissingId = (id: MaybeId): id is null | undefined =>
  id === undefined || id === null || id === '' || Number.isNaN(id);
