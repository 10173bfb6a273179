import type { ErrorComponentProps } from '@tanstack/react-router';

/** Takes the place of a page that failed. The navigation and the tray stay. */
export function PageError({ error }: ErrorComponentProps) {
  return (
    <div className="emptyState" role="alert">
      <h2>This page could not be shown</h2>
      <p>{error instanceof Error ? error.message : String(error)}</p>
      <button type="button" className="button" onClick={() => window.location.reload()}>
        Reload
      </button>
    </div>
  );
}
