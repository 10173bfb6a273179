const pending = new Set<() => void>();
let isListening = false;

/**
 * Runs `work` when this process ends by itself or calls `process.exit`. Returns a function that cancels this. All calls
 * share one listener, because a soak run makes hundreds and Node warns about many listeners.
 */
export function atExit(work: () => void): () => void {
  if (!isListening) {
    isListening = true;
    process.once('exit', () => {
      for (const each of pending) each();
    });
  }
  const own = () => work(); // makes two calls with the same `work` two entries
  pending.add(own);
  return () => pending.delete(own);
}
