/**
 * The run of Redis that this process has met on its connection. A connection never outlives its server, so scripts
 * need not read the `run_id` again, which would take a third of the time of a small request.
 *
 * A process that has met a run on an earlier connection knows that the namespace existed. If the namespace is empty
 * now, Redis has lost it, and previous holders must get their records first.
 */
import { Cluster, type Redis } from 'ioredis';
import { closesOf } from './connectionEvents.ts';

/** No run_id looks like it. */
const MET = 'met';

export interface RunHint {
  /** Its run_id. `met` if it was on another connection, '' if no run was met */
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
