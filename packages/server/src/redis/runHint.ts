/**
 * Which run of Redis this process has met on its connection. A connection never outlives the server that it was made
 * to, so scripts need not ask for it again: that would be a third of the time of a small claim.
 *
 * A process that has met one on an earlier connection knows something too: that the namespace has been there. Where
 * nothing is written in it now, Redis has lost it, and those who held records must get them back first.
 */
import { Cluster, type Redis } from 'ioredis';
import { closesOf } from './connectionEvents.ts';

/** No run_id looks like it. */
const MET = 'met';

export interface RunHint {
  /** Its run_id; `met` where it was on another connection; '' where none has been met */
  current(): string;
  note(runId: string): void;
}

export function createRunHint(redis: Redis | Cluster): RunHint {
  // A cluster's client has many connections, to servers that come and go.
  if (redis instanceof Cluster) {
    let hint = '';
    return {
      current: () => hint,
      note() {
        hint = MET;
      },
    };
  }
  let met: { runId: string; closes: number } | undefined;
  return {
    current() {
      if (!met) return '';
      return met.closes === closesOf(redis) ? met.runId : MET;
    },
    note(runId) {
      met = redis.status === 'ready' ? { runId, closes: closesOf(redis) } : { runId: MET, closes: 0 };
    },
  };
}
