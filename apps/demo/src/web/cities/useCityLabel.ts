import { type Conflict, idOf, type RecordKey } from '@rowlock/protocol';
import { useMemo } from 'react';
import { useCityNames } from '../queries.ts';

/** The names of rows in conflicts, for dialogs. */
export function useCityLabel(conflicts: readonly Conflict[]): (key: RecordKey) => string {
  const ids = useMemo(
    () =>
      [...new Set(conflicts.flatMap(({ records }) => records.map((key) => Number(idOf(key)))))].sort(
        (a, b) => a - b,
      ),
    [conflicts],
  );
  const { data: names } = useCityNames(ids);
  return (key) => names?.get(Number(idOf(key))) ?? `City ${idOf(key)}`;
}
