import { formatCount } from '../format.ts';

/** Shows that the table may be behind the live pages. */
export function LagNotice({ behind, onRetry }: { behind: number | null; onRetry: () => void }) {
  return (
    <div className="notice listNotice" data-tone="stale" role="status">
      <span>
        {behind === null
          ? 'Not known for now whether this list is up to date.'
          : `This list is ${formatCount(behind)} ${behind === 1 ? 'event' : 'events'} behind. It catches up by itself.`}
      </span>
      <button type="button" className="button" data-size="small" onClick={onRetry}>
        Look again
      </button>
    </div>
  );
}
