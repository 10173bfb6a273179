export interface EditorFootProps {
  isDirty: boolean;
  mayEdit: boolean;
  canSave: boolean;
  isSaving: boolean;
  onDiscard: () => void;
  onClose: () => void;
}

/** The buttons of the form. */
export function EditorFoot({ isDirty, mayEdit, canSave, isSaving, onDiscard, onClose }: EditorFootProps) {
  return (
    <footer className="drawer-foot">
      {isDirty && (
        <button type="button" className="button" data-kind="quiet" onClick={onDiscard}>
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
          disabled={!canSave || isSaving}
        >
          {isSaving ? 'Saving…' : 'Save'}
        </button>
      )}
    </footer>
  );
}
