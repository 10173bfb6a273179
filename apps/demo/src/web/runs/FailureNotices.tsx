import { X } from 'lucide-react';
import { formatCount, formatExact, formatWhen } from '../format.ts';
import { useMarkSeen, useNotices } from './useNotices.ts';

/** The user's failed tasks, until they are marked as seen. */
export function FailureNotices() {
  const { data } = useNotices();
  const mark = useMarkSeen();
  const { notices = [], unseen = 0 } = data ?? {};
  return (
    <div role="status">
      {unseen > 0 && (
        <section className="failures" aria-label="Failures of yours" data-testid="failures">
          <header className="failures-head">
            <h2>
              {unseen === 1
                ? 'A task of yours has failed'
                : `${formatCount(unseen)} tasks of yours have failed`}
            </h2>
            {unseen > 1 && (
              <button
                type="button"
                className="link"
                disabled={mark.isPending}
                onClick={() => mark.mutate(undefined)}
              >
                Mark all as seen
              </button>
            )}
          </header>
          <ul>
            {notices.map(({ id, label, reason, failedCount, at }) => (
              <li key={id} className="failure">
                <p>
                  <strong>{label}</strong>
                  <time className="failure-when" title={formatExact(at)}>
                    {formatWhen(at)}
                  </time>
                </p>
                <p className="failure-why" title={reason}>
                  {reason}
                  {failedCount > 0 && ` ${formatCount(failedCount)} rows could not be done.`}
                </p>
                <button
                  type="button"
                  className="iconButton"
                  aria-label={`Mark the failure of ${label} as seen`}
                  title="Mark as seen"
                  disabled={mark.isPending}
                  onClick={() => mark.mutate(id)}
                >
                  <X size={16} aria-hidden />
                </button>
              </li>
            ))}
          </ul>
        </section>
      )}
    </div>
  );
}
