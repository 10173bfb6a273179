import { recordKey } from '@rowlock/protocol';
import { useDraft, useStaleRecord, useTaskLock } from '@rowlock/react';
import { useGuardedMutation } from '@rowlock/react/query';
import { useQueryClient } from '@tanstack/react-query';
import { useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import type { CityView } from '../../gazetteer/cityView.ts';
import { useSetSearch } from '../address/useSetSearch.ts';
import { fetchApi } from '../request.ts';
import { useUser } from '../session.ts';
import { useNotice } from '../shell/notice.ts';
import { type CityForm, type FieldErrors, isSameField, toEdit, toFieldErrors, toForm } from './cityForm.ts';

/** The lock, the draft and the save of the form of one city. Opening it locks nothing: the first keystroke does, or *Edit*. */
export function useCityEditor(city: CityView, version: number | undefined, onSaved: () => void) {
  const user = useUser();
  const mayEdit = user.role !== 'viewer';
  const { edit: isEditing = false } = useSearch({ from: '/cities' });
  const setSearch = useSetSearch();
  const setEditing = (edit: true | undefined) => setSearch({ edit }, 'replace');
  const notify = useNotice();
  const queryClient = useQueryClient();
  const reload = () => void queryClient.invalidateQueries({ queryKey: ['city', city.id] });

  const lock = useTaskLock([city.id], {
    resource: 'cities',
    label: `Edit ${city.name}`,
    hold: mayEdit && isEditing,
    reacquire: 'when-free',
    onAcquired: reload,
    onLost: (reason) => reason === 'idle' && setEditing(undefined),
  });
  const draft = useDraft(recordKey('cities', city.id), toForm(city), {
    version,
    isSame: isSameField,
    userId: user.id,
  });
  const heard = useStaleRecord(city.id, { resource: 'cities', version: draft.version });
  const save = useGuardedMutation({
    lock,
    draft,
    mutationFn: (form: CityForm, { headers }) =>
      fetchApi(`/api/cities/${city.id}`, { method: 'PUT', body: toEdit(form).edit, headers }),
    onStale: reload,
    onSuccess: (_, { variables }) => {
      notify(`${variables.name} saved`);
      onSaved();
    },
  });

  const [ownErrors, setErrors] = useState<FieldErrors>({});
  const serverErrors = toFieldErrors(save.refusal?.body);
  return {
    ...{ mayEdit, lock, draft, save, reload },
    edit: () => setEditing(true),
    stale: save.stale ?? heard,
    errors: { ...serverErrors, ...ownErrors },
    /** For the dialog. Objections to single fields are shown there */
    refusal: serverErrors ? undefined : save.refusal,
    type(field: keyof CityForm, value: string) {
      setErrors(({ [field]: _, ...others }) => others);
      draft.setField(field, value);
    },
    /** True if it was saved */
    async submit(): Promise<boolean> {
      const { errors } = toEdit(draft.values);
      setErrors(errors ?? {});
      return !errors && (await save.mutate(draft.values)).ok;
    },
  };
}
