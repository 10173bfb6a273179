import type { ReactNode } from 'react';
import { ResourceContext } from './contexts.ts';

/** The default `resource` of every `useTaskLock` below it. */
export function RowlockResource({ name, children }: { name: string; children?: ReactNode }) {
  return <ResourceContext.Provider value={name}>{children}</ResourceContext.Provider>;
}
