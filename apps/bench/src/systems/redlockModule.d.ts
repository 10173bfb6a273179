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

  export default class Redlock {
    constructor(clients: Iterable<Redis>, settings?: { retryCount?: number });
    acquire(resources: string[], durationMs: number): Promise<Lock>;
  }
}
