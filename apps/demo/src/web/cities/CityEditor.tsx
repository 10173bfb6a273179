import { ConflictModal, LockBanner, LockedFieldset, ReleaseRequest, StaleNotice } from '@rowlock/react';
import type { CityView } from '../../gazetteer/cityView.ts';
import { useUser } from '../session.ts';
import { mayCancel } from '../tasks/mayCancel.ts';
import { CityFacts } from './CityFacts.tsx';
import { CityFields } from './CityFields.tsx';
import { FIELD_LABELS } from './cityForm.ts';
import { EditorFoot } from './EditorFoot.tsx';
import { EditState } from './EditState.tsx';
import { useCityEditor } from './useCityEditor.ts';

export interface CityEditorProps {
  city: CityView;
  /** Of the data. Undefined while the row is from the list, and the city itself is loading */
  version: number | undefined;
  onClose: () => void;
}

/** The form of one city. Edits are kept, whatever happens to the row or the connection. */
export function CityEditor({ city, version, onClose }: CityEditorProps) {
  const user = useUser();
  const editor = useCityEditor(city, version, onClose);
  const { lock, draft, save, mayEdit, refusal } = editor;
  const rowLabel = () => city.name;
  return (
    <form
      className="drawer-form"
      data-testid="city-form"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        void editor.submit();
      }}
    >
      <div className="drawer-body">
        <EditState lock={lock} mayEdit={mayEdit} onEdit={editor.edit} />
        <LockBanner
          lock={lock}
          recordLabel={rowLabel}
          canTakeOver={mayEdit}
          canAsk={mayEdit}
          canCancelTask={(task) => mayCancel(user, task)}
        />
        <ReleaseRequest
          lock={lock}
          recordLabel={rowLabel}
          onSave={async () => !draft.isDirty || (await editor.submit())}
        />
        <LockedFieldset lock={lock} hideReason onEdit={editor.edit} className="drawer-fields">
          <CityFields
            form={draft.values}
            edited={draft.dirtyFields}
            countryId={city.countryId}
            // Edits during a save would be lost.
            isReadOnly={!mayEdit || save.isPending}
            errors={editor.errors}
            onType={editor.type}
          />
        </LockedFieldset>
        {draft.isRestored && <p className="hint">Your unsaved edits of this row are still here.</p>}
        {save.uncertain && (
          <p className="notice" data-tone="danger">
            {save.uncertain}
          </p>
        )}
        <StaleNotice
          draft={draft}
          stale={editor.stale}
          rowLabel={city.name}
          fieldLabel={(field) => FIELD_LABELS[field]}
          onReload={editor.reload}
        />
        <CityFacts city={city} />
      </div>
      <EditorFoot
        isDirty={draft.isDirty}
        mayEdit={mayEdit}
        canSave={draft.isDirty && lock.isHeld && !draft.hasOpenConflicts}
        isSaving={save.isPending}
        onDiscard={draft.discard}
        onUndoDiscard={draft.undoDiscard}
        onClose={onClose}
      />
      <ConflictModal
        error={refusal}
        total={1}
        recordLabel={rowLabel}
        onClose={save.dismiss}
        onRetryWhenFree={save.retryWhenPossible}
      />
    </form>
  );
}
