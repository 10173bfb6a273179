import { useState } from 'react';
import type { CityView } from '../../gazetteer/cityView.ts';
import { useNotice } from '../shell/notice.ts';
import { check, type Field, isEdited, openDraft, receive, typeInto } from './draft.ts';
import { useDraft } from './useDraft.ts';
import { useSaveCity } from './useSaveCity.ts';

/** The state of the form of one city: its draft, its errors, and saving under the tab's own lease. */
export function useCityForm(city: CityView, leaseHeaders: () => Record<string, string>, onSaved: () => void) {
  const notify = useNotice();
  const { draft, setDraft, isRestored, discard } = useDraft(city);
  const { save, isSaving, failure, forgetFailure } = useSaveCity(city.id, leaseHeaders);
  const [errors, setErrors] = useState<Partial<Record<Field, string>>>({});

  // The server has a newer row than the one that this form shows.
  if (failure?.kind === 'changed') {
    const received = receive(draft, failure.current);
    if (received !== draft) setDraft(received);
  }

  return {
    draft,
    setDraft,
    isRestored,
    discard,
    isDirty: isEdited(draft),
    isSaving,
    failure,
    forgetFailure,
    errors: failure?.kind === 'fields' ? { ...failure.errors, ...errors } : errors,
    type(field: Field, value: string) {
      setErrors(({ [field]: _, ...others }) => others);
      setDraft(typeInto(draft, field, value));
    },
    async submit() {
      const checked = check(draft);
      setErrors(checked.ok ? {} : checked.errors);
      if (!checked.ok) return;
      const saved = await save(checked.edit);
      if (!saved) return;
      setDraft(openDraft(saved));
      notify(`${saved.name} saved`);
      onSaved();
    },
  };
}
