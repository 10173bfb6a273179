/** The place of the user: path and query of the address. A reload, a bookmark and the back button keep all of it. */
import { useMemo, useSyncExternalStore } from 'react';

export interface Place {
  path: string;
  params: URLSearchParams;
}

const listeners = new Set<() => void>();
window.addEventListener('popstate', notify);

function notify(): void {
  for (const listener of listeners) listener();
}

const address = (): string => window.location.pathname + window.location.search;

export function usePlace(): Place {
  const current = useSyncExternalStore((listener) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  }, address);
  return useMemo(() => {
    const [path = '/', query = ''] = current.split('?');
    return { path, params: new URLSearchParams(query) };
  }, [current]);
}

export function goTo(target: string, how: 'push' | 'replace' = 'push'): void {
  if (target === address()) return;
  if (how === 'push') window.history.pushState(null, '', target);
  else window.history.replaceState(null, '', target);
  notify();
}

/** Changes some parameters of this page. `undefined` and '' remove a parameter. */
export function setParams(
  changes: Record<string, string | number | undefined>,
  how: 'push' | 'replace' = 'push',
): void {
  const params = new URLSearchParams(window.location.search);
  for (const [name, value] of Object.entries(changes)) {
    if (value === undefined || value === '') params.delete(name);
    else params.set(name, String(value));
  }
  const query = params.toString();
  goTo(window.location.pathname + (query && `?${query}`), how);
}
