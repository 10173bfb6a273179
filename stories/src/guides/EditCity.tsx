import type { Actor } from '@rowlock/protocol';
import {
  ConflictModal,
  LockBanner,
  PresenceAvatars,
  ReleaseRequest,
  StaleNotice,
  useDraft,
  useStaleRecord,
  useTaskLock,
} from '@rowlock/react';
import { useGuardedMutation } from '@rowlock/react/query';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { useState } from 'react';
import type { City, CityTable } from './cityTable.ts';

/** The form of the guide: it reads first, holds at the first keystroke, keeps what was typed, and merges what others have saved. */
export function EditCity({ table, user }: { table: CityTable; user: Actor }) {
  const [queryClient] = useState(() => new QueryClient());
  return (
    <QueryClientProvider client={queryClient}>
      <CityForm table={table} user={user} />
    </QueryClientProvider>
  );
}

function CityForm({ table, user }: { table: CityTable; user: Actor }) {
  const [{ city, version }, setRow] = useState(table.load);
  const reload = () => setRow(table.load());
  const draft = useDraft<City>(undefined, city, { version });
  const lock = useTaskLock([city.id], {
    resource: 'cities',
    label: `Edit ${city.name}`,
    hold: draft.isDirty,
  });
  const stale = useStaleRecord(city.id, { resource: 'cities', version: draft.version });
  const save = useGuardedMutation({
    lock,
    draft,
    mutationFn: async (values: City) => table.save(values, user),
    onSuccess: reload,
    onStale: reload,
  });
  return (
    <form
      className="story-form"
      onSubmit={(event) => {
        event.preventDefault();
        void save.mutate(draft.values);
      }}
    >
      <PresenceAvatars recordId={city.id} resource="cities" />
      <LockBanner lock={lock} recordLabel={() => city.name} />
      <ReleaseRequest lock={lock} onSave={() => save.mutate(draft.values)} />
      <label>
        Name
        <input value={draft.values.name} onChange={(event) => draft.setField('name', event.target.value)} />
      </label>
      <label>
        Notes
        <input value={draft.values.notes} onChange={(event) => draft.setField('notes', event.target.value)} />
      </label>
      <StaleNotice draft={draft} stale={stale} rowLabel={city.name} onReload={reload} />
      <button type="submit" className="rowlock-button" disabled={!draft.isDirty || save.isPending}>
        Save
      </button>
      <ConflictModal lock={lock} error={save.refusal} onClose={save.dismiss} recordLabel={() => city.name} />
    </form>
  );
}
