/**
 * Notices when the page stops running its code, and when it runs again. A stopped page is unloaded, kept in the browser's
 * back/forward cache, or frozen. `visibilitychange` does not count: a hidden tab keeps its locks.
 */
export interface PageLifecycle {
  onStop: () => void;
  /** Never called without an `onStop` before it */
  onResume: () => void;
}

const leaving = new Set<() => void>();

/** Calls `run` when the page is left, before the clients of the page close their connections. */
export function onPageLeave(run: () => void): () => void {
  leaving.add(run);
  return () => leaving.delete(run);
}

/** Listens until the returned function is called. Does nothing outside of a page. */
export function watchPage({ onStop, onResume }: PageLifecycle): () => void {
  if (typeof window === 'undefined') return () => {};
  const listening = new AbortController();
  let isStopped = false;
  // A page that enters the cache gets both `pagehide` and `freeze`, and later both `resume` and `pageshow`.
  const stop = () => {
    if (isStopped) return;
    isStopped = true;
    for (const run of [...leaving]) run();
    onStop();
  };
  const resume = () => {
    if (!isStopped) return;
    isStopped = false;
    onResume();
  };
  const options = { signal: listening.signal };
  window.addEventListener('pagehide', stop, options);
  window.addEventListener('pageshow', resume, options);
  document.addEventListener('freeze', stop, options);
  document.addEventListener('resume', resume, options);
  return () => listening.abort();
}
