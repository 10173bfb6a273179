/**
 * Which run of Redis this process has met on its connection. A connection never outlives the server that it was made
 * to, so scripts need not ask for it again: that would be a third of the time of a small claim.
 */
import { Cluster, type Redis } from 'ioredis';

export interface RunHint {
  /** '' where it is not known */
  current(): string;
  note(runId: string): void;
}

export function createRunHint(redis: Redis | Cluster): RunHint {
  // A cluster's client has many connections, to servers that come and go.
  if (redis instanceof Cluster) return { current: () => '', note() {} };
  let runId = '';
  redis.on('close', () => {
    runId = '';
  });
  return {
    current: () => runId,
    note(met) {
      if (redis.status === 'ready') runId = met;
    },
  };
}
