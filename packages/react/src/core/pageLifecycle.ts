/** The two moments of a page's life that matter to leases. `visibilitychange` is not one: a hidden tab keeps its locks. */
export interface PageLifecycle {
  /** The page goes away, for good or into the back/forward cache */
  onHide: () => void;
  /** It came back from that cache */
  onRestore: () => void;
}

/** Begins to listen; returns what ends it. Does nothing where there is no page. */
export function watchPage({ onHide, onRestore }: PageLifecycle): () => void {
  if (typeof window === 'undefined') return () => {};
  const onShow = (event: PageTransitionEvent) => {
    if (event.persisted) onRestore();
  };
  window.addEventListener('pagehide', onHide);
  window.addEventListener('pageshow', onShow);
  return () => {
    window.removeEventListener('pagehide', onHide);
    window.removeEventListener('pageshow', onShow);
  };
}
