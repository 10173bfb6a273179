/**
 * Every key of a namespace, made here and nowhere else. All share one hash tag, so that a namespace lies in one slot
 * of a Redis Cluster and one script may touch any of them. Scripts get `prefix` as their only key and build the rest.
 *
 * | key | type | holds |
 * | --- | --- | --- |
 * | `meta` | hash | `run_id` of the Redis that was last seen, `epoch` |
 * | `fence` | string | the last fencing token; lease ids come from the same counter |
 * | `hb` | hash | lease id → heartbeat count. A lease is in force while it has a field here |
 * | `lease:<id>` | hash | secret, holder, mode, since, ttl, expiry, count, fence, generation |
 * | `ids:<id>` | list | the lease's records, in packed chunks: `resource\nid\nid…` |
 * | `rec:<resource>` | hash | record id → `<lease id>`, or `s<lease id>,<lease id>…` for shared locks |
 * | `dead` | list | leases that have ended and whose record entries are still to be cleared |
 * | `log` | stream | the change log: locks and tasks |
 * | `progress` | stream | task progress, apart from the log so that it evicts nothing there |
 * | `task:<id>` | hash | a task |
 * | `tasks` | zset | task id, by the time of its launch |
 * | `open` | set | ids of the tasks that have not ended |
 */
const NAMESPACE = /^[A-Za-z0-9_.-]{1,64}$/;

export interface Keys {
  prefix: string;
  log: string;
  progress: string;
  heartbeats: string;
  dead: string;
  tasks: string;
  openTasks: string;
  lease(id: string): string;
  ids(leaseId: string): string;
  task(id: string): string;
  /** BullMQ's own prefix, under the same hash tag */
  bullPrefix: string;
}

/** @throws {TypeError} where the namespace is malformed */
export function keysOf(namespace: string): Keys {
  if (!NAMESPACE.test(namespace)) {
    throw new TypeError(
      `namespace ${JSON.stringify(namespace)} is malformed: use 1 to 64 letters, digits, "_", "." or "-".`,
    );
  }
  const tag = `{rowlock:${namespace}}`;
  const prefix = `${tag}:`;
  return {
    prefix,
    log: `${prefix}log`,
    progress: `${prefix}progress`,
    heartbeats: `${prefix}hb`,
    dead: `${prefix}dead`,
    tasks: `${prefix}tasks`,
    openTasks: `${prefix}open`,
    lease: (id) => `${prefix}lease:${id}`,
    ids: (leaseId) => `${prefix}ids:${leaseId}`,
    task: (id) => `${prefix}task:${id}`,
    bullPrefix: tag,
  };
}
