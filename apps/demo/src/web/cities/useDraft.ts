import { useEffect, useState } from 'react';
import type { CityView } from '../../gazetteer/cityView.ts';
import { type Draft, isEdited, openDraft, receive } from './draft.ts';
import { forgetDraft, keepDraft, readDraft } from './draftStore.ts';

/** The form's state. It follows the row without touching edits, and survives the drawer and a reload. */
export function useDraft(city: CityView) {
  const [restored] = useState(() => readDraft(city.id));
  const [kept, setDraft] = useState<Draft>(() => restored ?? openDraft(city));
  const draft = receive(kept, city);
  if (draft !== kept) setDraft(draft);
  useEffect(() => keepDraft(draft), [draft]);
  return {
    draft,
    setDraft,
    /** Earlier edits are shown again */
    isRestored: restored !== undefined && isEdited(draft),
    discard: () => {
      forgetDraft(city.id);
      setDraft(openDraft(city));
    },
  };
}
