import type { RecordId } from '@rowlock/protocol';
import { useState } from 'react';

/** The same array for as long as its contents are the same. */
export function useSameIds<Id extends RecordId>(ids: readonly Id[]): readonly Id[] {
  const [kept, keep] = useState(ids);
  const isSame = kept === ids || (kept.length === ids.length && ids.every((id, index) => id === kept[index]));
  if (!isSame) keep(ids);
  return isSame ? kept : ids;
}
