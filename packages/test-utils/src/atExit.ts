const pending = new Set<() => void>();
let isListening = false;

/**
 * Does something when this process ends by itself or by `process.exit`; the returned function cancels it. One listener
 * for all, since a soak run has hundreds, of which Node would warn.
 */
export function atExit(work: () => void): () => void {
  if (!isListening) {
    isListening = true;
    process.once('exit', () => {
      for (const each of pending) each();
    });
  }
  const own = () => work(); // the same work may be given twice
  pending.add(own);
  return () => pending.delete(own);
}
