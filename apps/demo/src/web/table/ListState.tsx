import type { ReactNode } from 'react';

/** The text of a list without rows: nothing found, or no answer. */
export function EmptyList({ title, children }: { title: string; children?: ReactNode }) {
  return (
    <div className="emptyState" data-testid="empty">
      <h2>{title}</h2>
      {children}
    </div>
  );
}

export function ListError({ error, onRetry }: { error: Error; onRetry: () => void }) {
  return (
    <div className="notice listNotice" data-tone="danger" role="alert">
      <span>{error.message}</span>
      <button type="button" className="button" data-size="small" onClick={onRetry}>
        Try again
      </button>
    </div>
  );
}
