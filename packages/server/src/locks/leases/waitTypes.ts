/** The types of waiting. */
import type { Conflict } from '@rowlock/protocol';
import type { Clock } from '../../clock.ts';
import type { LockRegistry } from '../registry/lockRegistry.ts';
import type { AcquiredSignals } from './acquiredSignals.ts';

/** The position of a waiter. */
export interface WaitPosition {
  /** 1 is next */
  position: number;
  /** The leases that blocked the request when it joined the wait list */
  conflicts: readonly Conflict[];
}

export interface WaitOptions {
  /** How long to wait at most, in ms. Default 30,000; `Infinity` waits without a limit */
  waitMs?: number;
  /** Stops waiting when it aborts; the promise rejects with its reason */
  signal?: AbortSignal;
  /** Called with the first position, and with each change */
  onPosition?(position: WaitPosition): void;
}

export interface WaitDeps {
  registry: LockRegistry;
  signals: AcquiredSignals;
  clock: Clock;
}
