/** Notices when the browser loses its network or has it again, and when somebody looks at the page. */
export interface NetworkEvents {
  onOffline: () => void;
  onOnline: () => void;
  /** The page became visible, or got the focus */
  onAttention: () => void;
}

/** Listens until the returned function is called. Does nothing outside of a page. */
export function watchNetwork({ onOffline, onOnline, onAttention }: NetworkEvents): () => void {
  if (typeof window === 'undefined') return () => {};
  const listening = new AbortController();
  const options = { signal: listening.signal };
  const onVisibility = () => document.visibilityState === 'visible' && onAttention();
  window.addEventListener('offline', onOffline, options);
  window.addEventListener('online', onOnline, options);
  window.addEventListener('focus', onAttention, options);
  document.addEventListener('visibilitychange', onVisibility, options);
  return () => listening.abort();
}
