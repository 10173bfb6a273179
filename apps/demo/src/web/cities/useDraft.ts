import { useEffect, useState } from 'react';
import type { CityView } from '../../gazetteer/cityView.ts';
import { type Draft, isEdited, openDraft, receive } from './draft.ts';
import { forgetDraft, keepDraft, readDraft } from './draftStore.ts';

/** The form's state; it follows the row without touching what has been typed, and outlives drawer and reload. */
export function useDraft(city: CityView) {
  const [restored] = useState(() => readDraft(city.id));
  const [kept, setDraft] = useState<Draft>(() => restored ?? openDraft(city));
  const draft = receive(kept, city);
  if (draft !== kept) setDraft(draft);
  useEffect(() => keepDraft(draft), [draft]);
  return {
    draft,
    setDraft,
    /** What had been typed earlier is shown again */
    isRestored: restored !== undefined && isEdited(draft),
    discard: () => {
      forgetDraft(city.id);
      setDraft(openDraft(city));
    },
  };
}
