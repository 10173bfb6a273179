import { formatClock } from '../format.ts';
import { type Draft, keepMine, loadNewer } from './draft.ts';

/** Shows that somebody has changed the row of an edited form, and asks which values to keep. */
export function ChangedNotice({ draft, onChoose }: { draft: Draft; onChoose: (draft: Draft) => void }) {
  const { newer } = draft;
  if (!newer) return null;
  return (
    <div className="notice" data-tone="stale" role="status" data-testid="changed-notice">
      <span>
        This row was changed
        {newer.updatedAt !== null && ` at ${formatClock(newer.updatedAt)}`}
        {newer.updatedBy && ` by ${newer.updatedBy}`}. Your edits are still here.
      </span>
      <span className="notice-buttons">
        <button type="button" className="button" data-size="small" onClick={() => onChoose(loadNewer(draft))}>
          Load the new values
        </button>
        <button type="button" className="button" data-size="small" onClick={() => onChoose(keepMine(draft))}>
          Keep mine
        </button>
      </span>
    </div>
  );
}
