/**
 * Every key of a namespace, made here and nowhere else. All share one hash tag, so a namespace is in one slot of a
 * Redis Cluster, and a script may use all of them. Scripts get `prefix` as their only key and build the others.
 *
 * | key | type | holds |
 * | --- | --- | --- |
 * | `meta` | hash | `run_id` of the last Redis, `epoch`, its `firstFence`, `grace` (the restart grace is open),
 * `pastBytes` (memory of all `was`), `auditBytes` (its limit), `writable` (rewritten to prove that Redis accepts
 * writes) |
 * | `fence` | string | the last fence. Lease ids come from the same counter |
 * | `hb` | hash | lease id → heartbeat count. A lease is in force while it has a field here |
 * | `pending` | hash | lease id → `w<heartbeats>` (it waits) or `p<heartbeats>` (its request proceeds in parts) |
 * | `session:<id>` | hash | `secret` (SHA-256 of it), `actor` (id): who may prove the leases of a session; lapses |
 * | `waiters` | hash | holder (`<type>:<id>`) → the leases with which it waits |
 * | `lease:<id>` | hash | secret, holder, mode, since, ttl, expiry, count, fence, generation |
 * | `ids:<id>` | list | the lease's records, in packed chunks (`resource\nid\nid…`): acquired, released (`-`), nodes
 * marked (`@`) |
 * | `rec:<resource>` | hash | record id → `7`, or `s7,s9` for shared locks; `X7`, `S7` with all that is below |
 * | `marks:<record>` | hash | lease id → `x` or `s`: the leases that lock something below this record |
 * | `blockedBy:<id>` | hash | of a waiting lease: each lease that blocks it → at how many points
 * they overlap. `n` → the number of these leases. A lease that waits itself counts 10⁹ more |
 * | `blocks:<id>` | set | the waiting leases that this one blocks |
 * | `dead` | list | ended leases whose record entries the sweeper has not cleared yet |
 * | `was:<id>` | list | `ids` of a lease that has ended and been cleared, for the audit trail |
 * | `past` | list | leases that have a `was`, oldest first: `<id> <bytes> <position of its end in the log>` |
 * | `lost:<id>` | string | says that somebody else has ended the lease. The key expires after twice the lease's TTL: by then
 * its holder knows |
 * | `asked:<id>` | hash | actor id → the newest release request of that user for this lease, with its answer. Lapses |
 * | `log` | stream | the change log of locks and tasks. Each entry is packed into one field (append.lua) |
 * | `subscribers` | hash | subscriber → its position in the log (`!` before it: the subscriber is new); while it
 * fails, `<subscriber>:since` and `<subscriber>:failure` |
 * | `subscriberLead:<subscriber>` | string | the token of the process that calls the subscriber. Expires unless renewed |
 * | `versions` | hash | `last` version of a change, `floor` (the version up to which changes may be forgotten), `run` (run_id
 * of their Redis), `newest` (the bucket in use), `beganMs` (when it was begun), `last:<slot>`, `keepMs`, `maxRecords` |
 * | `changed:<slot>` | hash | record → the version of its newest change, and of the newest one by somebody else; `^` before
 * a record stands for all that is below it. One of four buckets; lapses |
 * | `changes:<slot>` | hash | version → who has changed records there, how and when (JSON); lapses |
 * | `viewers:<record>` | hash | `<gateway> <connection>` → session, user (JSON): who looks at a record; lapses |
 * | `gateway:<id>` | string | says that a gateway with viewers lives. Expires unless renewed |
 * | `progress` | stream | task progress, apart from the log so that it evicts nothing there |
 * | `task:<id>` | hash | a task |
 * | `tasks` | zset | task ids, by launch order: the time of the launch in µs, or more if another task has that order |
 * | `open` | set | ids of the tasks that have not ended |
 * | `ended` | zset | ids of ended tasks, by the time of their end. Children are added when their parent is forgotten |
 * | `waitingTasks` | set | ids of the tasks that wait for their records |
 * | `waitingRounds` | string | counts the rounds. In a round one process renews all waiting tasks |
 * | `idem` | hash | `<task name>:<idempotency key>` → task id. It may be reserved before the task exists |
 * | `children:<task id>` | set | the tasks that this one has launched |
 * | `failed:<task id>` | hash | record → why the task could not do it; at most 10,000 |
 * | `tasklog:<task id>` | list | the newest 200 lines of the task's own log, `<unix ms> <text>` |
 */
const NAMESPACE = /^[A-Za-z0-9_.-]{1,64}$/;

export interface Keys {
  prefix: string;
  meta: string;
  log: string;
  progress: string;
  heartbeats: string;
  pending: string;
  /** Channel that reports each waiting lease that comes into force */
  acquired: string;
  /** Channel that reports each record whose viewers have changed */
  presence: string;
  dead: string;
  tasks: string;
  openTasks: string;
  waitingTasks: string;
  idempotency: string;
  lease(id: string): string;
  ids(leaseId: string): string;
  blockedBy(leaseId: string): string;
  records(resource: string): string;
  session(id: string): string;
  marks(node: string): string;
  pastIds(leaseId: string): string;
  gateway(id: string): string;
  releaseRequests(leaseId: string): string;
  task(id: string): string;
  failedRecords(taskId: string): string;
  taskLog(taskId: string): string;
  /** BullMQ's own prefix, under the same hash tag */
  bullPrefix: string;
}

/** @throws {TypeError} if the namespace is malformed */
export function keysOf(namespace: string): Keys {
  if (!NAMESPACE.test(namespace)) {
    throw new TypeError(
      `The namespace ${JSON.stringify(namespace)} is malformed. Use 1 to 64 letters, digits, "_", "." or "-".`,
    );
  }
  const tag = `{rowlock:${namespace}}`;
  const prefix = `${tag}:`;
  return {
    prefix,
    meta: `${prefix}meta`,
    log: `${prefix}log`,
    progress: `${prefix}progress`,
    heartbeats: `${prefix}hb`,
    pending: `${prefix}pending`,
    acquired: `${prefix}acquired`,
    presence: `${prefix}presence`,
    dead: `${prefix}dead`,
    tasks: `${prefix}tasks`,
    openTasks: `${prefix}open`,
    waitingTasks: `${prefix}waitingTasks`,
    idempotency: `${prefix}idem`,
    lease: (id) => `${prefix}lease:${id}`,
    ids: (leaseId) => `${prefix}ids:${leaseId}`,
    blockedBy: (leaseId) => `${prefix}blockedBy:${leaseId}`,
    records: (resource) => `${prefix}rec:${resource}`,
    session: (id) => `${prefix}session:${id}`,
    marks: (node) => `${prefix}marks:${node}`,
    pastIds: (leaseId) => `${prefix}was:${leaseId}`,
    gateway: (id) => `${prefix}gateway:${id}`,
    releaseRequests: (leaseId) => `${prefix}asked:${leaseId}`,
    task: (id) => `${prefix}task:${id}`,
    failedRecords: (taskId) => `${prefix}failed:${taskId}`,
    taskLog: (taskId) => `${prefix}tasklog:${taskId}`,
    bullPrefix: tag,
  };
}
