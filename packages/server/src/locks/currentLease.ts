/**
 * The lease that the running code is under: nested saves join it instead of meeting their own parent as a conflict.
 * It follows the code through awaits and callbacks (`AsyncLocalStorage`), and no further.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import type { LockMode } from '@rowlock/protocol';
import type { LeaseHandle } from './leaseHandle.ts';

export interface CurrentLease {
  /** What joins a lease must be of its namespace */
  namespace: string;
  mode: LockMode;
  lease: LeaseHandle;
}

const current = new AsyncLocalStorage<CurrentLease>();

/** Runs `fn` as code that is under a lease. */
export const runUnder = <T>(of: CurrentLease, fn: () => T): T => current.run(of, fn);

export function leaseInForce(namespace: string): CurrentLease | undefined {
  const of = current.getStore();
  return of?.namespace === namespace ? of : undefined;
}
