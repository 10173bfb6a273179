/**
 * Runs work at the end of the turn. All sessions share one callback: with a callback for each, Node's own work in between
 * costs as much as a short message.
 */
let pending: (() => void)[] = [];

export function atEndOfTurn(work: () => void): void {
  if (pending.push(work) === 1) setImmediate(runAll);
}

function runAll(): void {
  const due = pending;
  pending = [];
  for (const work of due) {
    try {
      work();
    } catch (error) {
      // As an uncaught error of this work alone. The other sessions are sent their messages.
      setImmediate(() => {
        throw error;
      });
    }
  }
}
