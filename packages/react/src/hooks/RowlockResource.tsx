import type { ReactNode } from 'react';
import { ResourceContext } from './contexts.ts';

/** Names the resource for all `useTaskLock` below it, so that they need not. */
export function RowlockResource({ name, children }: { name: string; children?: ReactNode }) {
  return <ResourceContext value={name}>{children}</ResourceContext>;
}
