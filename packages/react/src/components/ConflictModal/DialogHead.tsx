import type { Conflict } from '@rowlock/protocol';
import { useTexts } from '../../hooks/contexts.ts';
import { conflictTexts } from '../../messages/conflictTexts.ts';
import type { ConflictDialog } from './useConflictModal.ts';

interface DialogHeadProps {
  dialog: ConflictDialog;
  titleId: string;
  noteId: string;
  /** The conflicts that still block rows */
  inForce: readonly Conflict[];
}

/** More holders are too much for one description. */
const DESCRIBED_HOLDERS = 3;

/** The title is the answer. The description is a note, or for screen readers the first holders: the dialog is not only named. */
export function DialogHead({ dialog, titleId, noteId, inForce }: DialogHeadProps) {
  const messages = useTexts(conflictTexts);
  const sentences = inForce.slice(0, DESCRIBED_HOLDERS).map(({ lease, isSameUser, recordCount }) => {
    const title = messages.holderTitle(lease, isSameUser === true);
    return `${title}: ${messages.rows(recordCount)}.`;
  });
  return (
    <header className="rowlock-modal-head">
      <h2 id={titleId} className="rowlock-modal-title">
        {dialog.title}
      </h2>
      <div id={noteId}>
        {dialog.note !== undefined && <p className="rowlock-modal-note">{dialog.note}</p>}
        {sentences.length > 0 && <p className="rowlock-visually-hidden">{sentences.join(' ')}</p>}
      </div>
    </header>
  );
}
