import type { RecordId } from '@rowlock/protocol';

/** An id as a screen has it that may be about nothing yet, such as a form for a new row. */
export type MaybeId = RecordId | null | undefined;

/** No row has such an id: there is nothing to lock. `NaN` is what `Number()` makes of a missing part of the URL. */
export const isMissingId = (id: MaybeId): id is null | undefined =>
  id === undefined || id === null || id === '' || Number.isNaN(id);
