/** Finding tasks: newest first, page by page, of what somebody may see. */
import type { Actor, RecordKey, TaskState, TaskView } from '@rowlock/protocol';
import type { Redis } from 'ioredis';
import { RowlockError } from '../errors.ts';
import type { AuditTrail } from '../locks/auditTrail.ts';
import type { LockRegistry } from '../locks/lockRegistry.ts';
import type { Permissions } from '../permissions.ts';
import { asRowlockError } from '../redis/connection.ts';
import type { Keys } from '../redis/keys.ts';
import type { TaskStore } from './taskStore.ts';

export interface TaskFilter {
  states?: readonly TaskState[];
  /** Of definitions */
  names?: readonly string[];
  /** All of them */
  tags?: readonly string[];
  /** Who launched it */
  actorId?: string;
  /** Tasks whose lease covers it or waits for it, also by a lock above; of those that ended, as far as the audit trail goes back */
  record?: RecordKey;
  /** Unix time in ms by the Redis server's clock; from then on */
  launchedAfter?: number;
  /** Unix time in ms; before it */
  launchedBefore?: number;
  /** Somewhere in its label, name, id, tags or error; upper and lower case are one */
  text?: string;
  /** 1 to 1,000. Default 100 */
  limit?: number;
  /** Where the page before ended */
  cursor?: string;
  /** Only what `authorize` lets this actor watch. Default: everything */
  visibleTo?: Actor;
}

export interface TaskPage {
  /** Newest launch first */
  tasks: TaskView[];
  /** Continues the list; absent where it is at its end */
  cursor?: string;
}

export type ListTasks = (filter?: TaskFilter) => Promise<TaskPage>;

const MAX_PAGE = 1_000;
const MAX_BATCH = 200;
const MIN_BATCH = 20;
/** Of one record: enough to find every task that is remembered, by default. */
const MAX_AUDITED = 1_000;

interface Place {
  createdAt: string;
  id: string;
}

export function createListTasks(deps: {
  redis: Redis;
  keys: Keys;
  store: TaskStore;
  registry: Pick<LockRegistry, 'holders'>;
  audit: Pick<AuditTrail, 'ofRecord'>;
  permissions: Pick<Permissions, 'isGranted'>;
}): ListTasks {
  const { redis, keys, store, registry, audit, permissions } = deps;

  return async (filter = {}) => {
    const limit = Math.max(1, Math.min(filter.limit ?? 100, MAX_PAGE));
    const batchSize = Math.max(MIN_BATCH, Math.min(limit, MAX_BATCH));
    const among = filter.record === undefined ? undefined : await tasksOf(filter.record);
    const found: TaskView[] = [];
    const start = filter.cursor === undefined ? undefined : parseCursor(filter.cursor);
    let place = start;
    /** Of those launched in the very same millisecond, how many have been read. */
    let ties = 0;
    for (;;) {
      const batch = await read(filter, place, ties, batchSize);
      const ids = batch.filter((each) => !start || isAfter(each, start)).map(({ id }) => id);
      for (const task of await wanted(among ? ids.filter((id) => among.has(id)) : ids, filter)) {
        if (found.length === limit) return { tasks: found, cursor: cursorOf(found.at(-1)!) };
        found.push(task);
      }
      if (batch.length < batchSize) return { tasks: found };
      const last = batch.at(-1)!;
      const sameTime = batch.filter(({ createdAt }) => createdAt === last.createdAt).length;
      ties = last.createdAt === place?.createdAt ? ties + sameTime : sameTime;
      place = last;
    }
  };

  /** The next tasks from a place on, with those at the place itself but for `ties`. */
  async function read(
    { launchedAfter, launchedBefore }: TaskFilter,
    place: Place | undefined,
    ties: number,
    count: number,
  ): Promise<Place[]> {
    const isWithin = place && (launchedBefore === undefined || Number(place.createdAt) < launchedBefore);
    const newest = isWithin ? place.createdAt : launchedBefore === undefined ? '+inf' : `(${launchedBefore}`;
    try {
      const flat = await redis.zrevrangebyscore(
        keys.tasks,
        newest,
        launchedAfter ?? '-inf',
        'WITHSCORES',
        'LIMIT',
        ties,
        count,
      );
      return readPlaces(flat as unknown[]);
    } catch (error) {
      throw asRowlockError(error);
    }
  }

  async function wanted(ids: readonly string[], filter: TaskFilter): Promise<TaskView[]> {
    const matching = (await store.getMany(ids)).filter((task) => matches(task, filter));
    const { visibleTo: actor } = filter;
    if (!actor) return matching;
    const granted = await Promise.all(
      matching.map((task) => permissions.isGranted({ actor, action: 'watch', task })),
    );
    return matching.filter((_, i) => granted[i]);
  }

  async function tasksOf(record: RecordKey): Promise<Set<string>> {
    const [holders, trail] = await Promise.all([
      registry.holders([record]),
      audit.ofRecord(record, { limit: MAX_AUDITED }),
    ]);
    const now = (holders.get(record) ?? []).map(({ lease }) => lease.holder);
    const all = [...now, ...trail.map(({ holder }) => holder)];
    return new Set(all.filter(({ type }) => type === 'task').map(({ id }) => id));
  }
}

function matches(task: TaskView, { states, names, tags, actorId, text }: TaskFilter): boolean {
  return (
    (!states || states.includes(task.state)) &&
    (!names || names.includes(task.name)) &&
    (!tags || tags.every((tag) => task.tags?.includes(tag))) &&
    (actorId === undefined || task.actor.id === actorId) &&
    (text === undefined || isIn(task, text.toLowerCase()))
  );
}

const isIn = ({ label, name, id, tags = [], error = '' }: TaskView, text: string): boolean =>
  [label, name, id, ...tags, error].some((words) => words.toLowerCase().includes(text));

/** In the order of the list, which is that of time and then of ids, both from above. */
const isAfter = (each: Place, place: Place): boolean =>
  Number(each.createdAt) < Number(place.createdAt) ||
  (each.createdAt === place.createdAt && each.id < place.id);

/** Id and score in turns, or in pairs as RESP3 has them. */
function readPlaces(reply: readonly unknown[]): Place[] {
  const flat = reply.flat();
  return Array.from({ length: flat.length / 2 }, (_, i) => ({
    id: String(flat[2 * i]),
    createdAt: String(flat[2 * i + 1]),
  }));
}

const cursorOf = ({ createdAt, id }: TaskView): string => `${createdAt}-${id}`;

function parseCursor(cursor: string): Place {
  const match = /^([0-9]{1,16})-(.{1,64})$/.exec(cursor);
  if (match) return { createdAt: match[1]!, id: match[2]! };
  throw new RowlockError(
    'bad_request',
    'The cursor is malformed: it is one that an earlier page of the list has given.',
  );
}
