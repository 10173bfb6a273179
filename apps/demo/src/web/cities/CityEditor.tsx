import { ConflictModal, useTaskLock } from '@rowlock/react';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { CityView } from '../../gazetteer/cityView.ts';
import type { User } from '../../gazetteer/users.ts';
import { ChangedNotice } from './ChangedNotice.tsx';
import { CityFacts } from './CityFacts.tsx';
import { CityFields } from './CityFields.tsx';
import { EditorFoot } from './EditorFoot.tsx';
import { EditState } from './EditState.tsx';
import { SaveError } from './SaveError.tsx';
import { useCityForm } from './useCityForm.ts';

/** The form of one city. Edits are kept, whatever happens to the row or the connection. */
export function CityEditor({ city, user, onClose }: { city: CityView; user: User; onClose: () => void }) {
  const mayEdit = user.role !== 'viewer';
  const queryClient = useQueryClient();
  const lock = useTaskLock([city.id], {
    resource: 'cities',
    label: `Edit ${city.name}`,
    hold: mayEdit,
    reacquire: 'when-free',
    onAcquired: () => void queryClient.invalidateQueries({ queryKey: ['city', city.id] }),
  });
  const [isExplained, setExplained] = useState(false);
  const form = useCityForm(city, lock.headers, onClose);
  const { draft, failure, isSaving, isDirty } = form;

  return (
    <form
      className="drawer-form"
      data-testid="city-form"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        void form.submit();
      }}
    >
      <div className="drawer-body">
        <EditState lock={lock} mayEdit={mayEdit} onExplain={() => setExplained(true)} />
        <ChangedNotice draft={draft} onChoose={form.setDraft} />
        {form.isRestored && !draft.newer && (
          <p className="hint">Your unsaved edits of this row are still here.</p>
        )}
        <SaveError failure={failure} />
        <CityFields
          draft={draft}
          countryId={city.countryId}
          // Edits during a save would be lost.
          isReadOnly={!lock.isHeld || isSaving}
          errors={form.errors}
          onType={form.type}
        />
        <CityFacts city={city} />
      </div>
      <EditorFoot
        isDirty={isDirty}
        mayEdit={mayEdit}
        canSave={isDirty && lock.isHeld && draft.newer === undefined}
        isSaving={isSaving}
        onDiscard={form.discard}
        onClose={onClose}
      />
      <ConflictModal
        lock={lock}
        error={failure?.kind === 'conflict' ? failure.problem : undefined}
        open={isExplained || undefined}
        recordLabel={() => city.name}
        onClose={() => {
          setExplained(false);
          if (failure?.kind === 'conflict') form.forgetFailure();
        }}
      />
    </form>
  );
}
