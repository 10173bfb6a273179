/**
 * Types for the part of redlock 5.0.0-beta.2 that the bench uses. Its package.json hides its own declarations (`exports`
 * names no types), and they need an older ioredis.
 */
declare module 'redlock' {
  import type { Redis } from 'ioredis';

  export interface Lock {
    extend(durationMs: number): Promise<Lock>;
    release(): Promise<unknown>;
  }

  /** All attempts failed: others hold the lock, or Redis did not answer. */
  export class ExecutionError extends Error {}

  export default class Redlock {
    constructor(clients: Iterable<Redis>, settings?: { retryCount?: number });
    acquire(resources: string[], durationMs: number): Promise<Lock>;
    /** Holds the lock while `routine` runs, and extends it before it expires. */
    using<T>(resources: string[], durationMs: number, routine: () => Promise<T>): Promise<T>;
  }
}
