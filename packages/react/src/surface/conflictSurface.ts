/** The one place for a conflict on a page: of several dialogs that want to open, the first one shows (P17). */
import { useCallback, useLayoutEffect, useState, useSyncExternalStore } from 'react';

/** One dialog's wish to be shown: an object of its own, since ids of React are unique in one root only. */
type Claim = object;

/** The dialogs that want to be shown, in the order in which they asked. */
class ConflictSurface {
  #waiting: readonly Claim[] = [];
  readonly #listeners = new Set<() => void>();

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  isShown(claim: Claim): boolean {
    return this.#waiting[0] === claim;
  }

  ask(claim: Claim): () => void {
    this.#set([...this.#waiting, claim]);
    return () => this.#set(this.#waiting.filter((other) => other !== claim));
  }

  #set(waiting: readonly Claim[]): void {
    this.#waiting = waiting;
    for (const listener of [...this.#listeners]) listener();
  }
}

const page = new ConflictSurface();

/** Whether this dialog may be open now. While another one is, it waits for its turn. */
export function useConflictSurface(isWanted: boolean): boolean {
  const [claim] = useState<Claim>(() => ({}));
  const isShown = useSyncExternalStore(
    page.subscribe,
    useCallback(() => page.isShown(claim), [claim]),
    () => false,
  );
  useLayoutEffect(() => {
    if (isWanted) return page.ask(claim);
  }, [isWanted, claim]);
  return isWanted && isShown;
}
