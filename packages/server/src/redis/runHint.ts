/**
 * Which run of Redis this process has met on its connection. A connection never outlives the server that it was made
 * to, so scripts need not ask for it again: that would be a third of the time of a small claim.
 *
 * A process that has met one on an earlier connection knows something too: that the namespace has been there. Where
 * nothing is written in it now, Redis has lost it, and those who held records must get them back first.
 */
import { Cluster, type Redis } from 'ioredis';

/** No run_id looks like it. */
const MET = 'met';

export interface RunHint {
  /** Its run_id; `met` where it was on another connection; '' where none has been met */
  current(): string;
  note(runId: string): void;
}

export function createRunHint(redis: Redis | Cluster): RunHint {
  let hint = '';
  // A cluster's client has many connections, to servers that come and go.
  if (redis instanceof Cluster) {
    return {
      current: () => hint,
      note() {
        hint = MET;
      },
    };
  }
  redis.on('close', () => {
    if (hint !== '') hint = MET;
  });
  return {
    current: () => hint,
    note(runId) {
      hint = redis.status === 'ready' ? runId : MET;
    },
  };
}
