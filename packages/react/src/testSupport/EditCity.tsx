import { ConflictModal, StaleNotice, useDraft, useStaleRecord, useTaskLock } from '../index.ts';
import { useGuardedMutation } from '../query/index.ts';

export function EditCity({ city, version, reload }: EditCityProps) {
  const draft = useDraft(`cities/${city.id}`, city, { version });
  const lock = useTaskLock([city.id], { resource: 'cities', hold: draft.isDirty });
  const stale = useStaleRecord(city.id, { resource: 'cities', version: draft.version });
  const save = useGuardedMutation({
    lock,
    draft,
    mutationFn: (values: City, { headers }) =>
      fetch(`/api/cities/${city.id}`, { method: 'PUT', headers, body: JSON.stringify(values) }),
    onSuccess: reload,
    onStale: reload,
  });
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        void save.mutate(draft.values);
      }}
    >
      <label>
        Name
        <input value={draft.values.name} onChange={(event) => draft.setField('name', event.target.value)} />
      </label>
      <StaleNotice draft={draft} stale={stale} rowLabel={city.name} onReload={reload} />
      <p>{save.uncertain}</p>
      <button type="submit" disabled={!draft.isDirty || save.isPending}>
        Save
      </button>
      <ConflictModal lock={lock} {...save.dialog} />
    </form>
  );
}

type City = { id: number; name: string };
type EditCityProps = { city: City; version: number; reload: () => void };
