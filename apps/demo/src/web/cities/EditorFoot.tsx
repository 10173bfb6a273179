export interface EditorFootProps {
  isDirty: boolean;
  mayEdit: boolean;
  canSave: boolean;
  isSaving: boolean;
  onDiscard: () => void;
  /** Brings back what was discarded. Absent if nothing was */
  onUndoDiscard: (() => void) | undefined;
  onClose: () => void;
}

/** The buttons of the form. */
export function EditorFoot(props: EditorFootProps) {
  const { isDirty, mayEdit, canSave, isSaving, onDiscard, onUndoDiscard, onClose } = props;
  return (
    <footer className="drawer-foot">
      {isDirty && (
        <button type="button" className="button" data-kind="quiet" onClick={onDiscard}>
          Discard edits
        </button>
      )}
      {onUndoDiscard && (
        <button type="button" className="button" data-kind="quiet" onClick={onUndoDiscard}>
          Undo discard
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
