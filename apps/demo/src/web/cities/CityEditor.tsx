import { ConflictModal, useTaskLock } from '@rowlock/react';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { CityView } from '../../gazetteer/cityView.ts';
import type { User } from '../../gazetteer/users.ts';
import { formatClock } from '../format.ts';
import { useNotice } from '../shell/notice.ts';
import { CityFacts } from './CityFacts.tsx';
import { CityFields } from './CityFields.tsx';
import { check, type Field, isEdited, keepMine, loadNewer, openDraft, receive, typeInto } from './draft.ts';
import { EditState } from './EditState.tsx';
import { useDraft } from './useDraft.ts';
import { useSaveCity } from './useSaveCity.ts';

/** The form of one city. Edits are kept, whatever happens to the row or the connection. */
export function CityEditor({ city, user, onClose }: { city: CityView; user: User; onClose: () => void }) {
  const mayEdit = user.role !== 'viewer';
  const notify = useNotice();
  const queryClient = useQueryClient();
  const lock = useTaskLock([city.id], {
    resource: 'cities',
    label: `Edit ${city.name}`,
    hold: mayEdit,
    reacquire: 'when-free',
    onAcquired: () => void queryClient.invalidateQueries({ queryKey: ['city', city.id] }),
  });
  const [isExplained, setExplained] = useState(false);
  const { draft, setDraft, isRestored, discard } = useDraft(city);
  const { save, isSaving, failure, forgetFailure } = useSaveCity(city.id, lock.headers);
  const [errors, setErrors] = useState<Partial<Record<Field, string>>>({});
  const { isHeld } = lock;
  const isDirty = isEdited(draft);

  async function submit() {
    const checked = check(draft);
    setErrors(checked.ok ? {} : checked.errors);
    if (!checked.ok) return;
    const saved = await save(checked.edit);
    if (!saved) return;
    setDraft(openDraft(saved));
    notify(`${saved.name} saved`);
    onClose();
  }

  // The server has a newer row than the one that this form shows.
  if (failure?.kind === 'changed') {
    const received = receive(draft, failure.current);
    if (received !== draft) setDraft(received);
  }

  return (
    <form
      className="drawer-form"
      data-testid="city-form"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        void submit();
      }}
    >
      <div className="drawer-body">
        <EditState lock={lock} mayEdit={mayEdit} onExplain={() => setExplained(true)} />
        {draft.newer && (
          <div className="notice" data-tone="stale" role="status" data-testid="changed-notice">
            <span>
              This row was changed
              {draft.newer.updatedAt !== null && ` at ${formatClock(draft.newer.updatedAt)}`}
              {draft.newer.updatedBy && ` by ${draft.newer.updatedBy}`}. Your edits are still here.
            </span>
            <span className="notice-buttons">
              <button
                type="button"
                className="button"
                data-size="small"
                onClick={() => setDraft(loadNewer(draft))}
              >
                Load the new values
              </button>
              <button
                type="button"
                className="button"
                data-size="small"
                onClick={() => setDraft(keepMine(draft))}
              >
                Keep mine
              </button>
            </span>
          </div>
        )}
        {isRestored && !draft.newer && <p className="hint">Your unsaved edits of this row are still here.</p>}
        {failure?.kind === 'other' && (
          <p className="notice" data-tone="danger" role="alert" data-testid="save-error">
            Not saved. {failure.message}
          </p>
        )}
        {failure?.kind === 'fields' && (
          <p className="notice" data-tone="danger" role="alert" data-testid="save-error">
            Not saved. Look at the fields that are marked.
          </p>
        )}
        <CityFields
          draft={draft}
          countryId={city.countryId}
          // Edits during a save would be lost.
          isReadOnly={!isHeld || isSaving}
          errors={failure?.kind === 'fields' ? { ...failure.errors, ...errors } : errors}
          onType={(field, value) => {
            setErrors(({ [field]: _, ...others }) => others);
            setDraft(typeInto(draft, field, value));
          }}
        />
        <CityFacts city={city} />
      </div>
      <footer className="drawer-foot">
        {isDirty && (
          <button type="button" className="button" data-kind="quiet" onClick={discard}>
            Discard edits
          </button>
        )}
        <span className="spacer" />
        <button type="button" className="button" onClick={onClose}>
          {isDirty ? 'Close, keep edits' : 'Close'}
        </button>
        {mayEdit && (
          <button
            type="submit"
            className="button"
            data-kind="primary"
            data-testid="save"
            disabled={!isDirty || isSaving || !isHeld || draft.newer !== undefined}
          >
            {isSaving ? 'Saving…' : 'Save'}
          </button>
        )}
      </footer>
      <ConflictModal
        lock={lock}
        error={failure?.kind === 'conflict' ? failure.problem : undefined}
        open={isExplained || undefined}
        recordLabel={() => city.name}
        onClose={() => {
          setExplained(false);
          if (failure?.kind === 'conflict') forgetFailure();
        }}
      />
    </form>
  );
}
