/**
 * What is used of redlock 5.0.0-beta.2: its own declarations are hidden by its package.json (`exports` names no types),
 * and speak of an older ioredis.
 */
declare module 'redlock' {
  import type { Redis } from 'ioredis';

  export interface Lock {
    extend(durationMs: number): Promise<Lock>;
    release(): Promise<unknown>;
  }

  /** The lock was not to be had in all of the tries; also the fault of a call that Redis did not answer. */
  export class ExecutionError extends Error {}

  export default class Redlock {
    constructor(clients: Iterable<Redis>, settings?: { retryCount?: number });
    acquire(resources: string[], durationMs: number): Promise<Lock>;
    /** Holds the lock while the routine runs, and extends it before it expires. */
    using<T>(resources: string[], durationMs: number, routine: () => Promise<T>): Promise<T>;
  }
}
