/** Lists tasks, newest first and page by page. */
import {
  type Actor,
  firstOrderOf,
  matchesTask,
  type RecordKey,
  type TaskFilter,
  type TaskView,
} from '@rowlock/protocol';
import type { Redis } from 'ioredis';
import { RowlockError } from '../../errors.ts';
import type { AuditTrail } from '../../locks/registry/auditTrail.ts';
import type { LockRegistry } from '../../locks/registry/lockRegistry.ts';
import type { Permissions } from '../../permissions.ts';
import { asRowlockError } from '../../redis/connection.ts';
import type { Keys } from '../../redis/keys.ts';
import type { TaskStore } from '../store/taskStore.ts';

export interface TaskQuery extends TaskFilter {
  /** Tasks whose lease covers it or waits for it, also by a lock above; of those that ended, as far as the audit trail goes back */
  record?: RecordKey;
  /** 1 to 1,000. Default 100 */
  limit?: number;
  /** Continue after this task: `next` of the page before */
  after?: string;
  /** Only tasks that this actor may watch according to `authorize`. Default: all tasks */
  visibleTo?: Actor;
}

export interface TaskPage {
  /** Newest launch first */
  tasks: TaskView[];
  /** Continues the list; absent at the end of the list */
  next?: string;
}

export type ListTasks = (query?: TaskQuery) => Promise<TaskPage>;

const MAX_PAGE = 1_000;
const MAX_BATCH = 200;
const MIN_BATCH = 20;
/** Of one record: enough to find every task that is remembered, by default. */
const MAX_AUDITED = 1_000;

/** A task's position in the list: its launch order, which no other task shares. */
interface Place {
  id: string;
  launchOrder: number;
}

export function createListTasks(deps: {
  redis: Redis;
  keys: Keys;
  store: TaskStore;
  registry: Pick<LockRegistry, 'listHolders'>;
  audit: Pick<AuditTrail, 'listByRecord'>;
  permissions: Pick<Permissions, 'isGranted'>;
}): ListTasks {
  const { redis, keys, store, registry, audit, permissions } = deps;

  return async (filter = {}) => {
    const limit = Math.max(1, Math.min(filter.limit ?? 100, MAX_PAGE));
    const batchSize = Math.max(MIN_BATCH, Math.min(limit, MAX_BATCH));
    const among = filter.record === undefined ? undefined : await listTaskIds(filter.record);
    const found: TaskView[] = [];
    let before = filter.after === undefined ? Number.POSITIVE_INFINITY : parseAfter(filter.after);
    for (;;) {
      const batch = await read(filter, before, batchSize);
      const ids = batch.map(({ id }) => id);
      for (const task of await wanted(among ? ids.filter((id) => among.has(id)) : ids, filter)) {
        if (found.length === limit) return { tasks: found, next: String(found.at(-1)!.launchOrder) };
        found.push(task);
      }
      if (batch.length < batchSize) return { tasks: found };
      before = batch.at(-1)!.launchOrder;
    }
  };

  /** The next tasks that were launched before a position in the launch order. */
  async function read(
    { launchedAfter, launchedBefore }: TaskQuery,
    before: number,
    count: number,
  ): Promise<Place[]> {
    const newest = Math.min(before, firstOrderOf(launchedBefore ?? Number.POSITIVE_INFINITY));
    const oldest = firstOrderOf(launchedAfter ?? Number.NEGATIVE_INFINITY);
    try {
      const flat = await redis.zrevrangebyscore(
        keys.tasks,
        `(${asScore(newest)}`,
        asScore(oldest),
        'WITHSCORES',
        'LIMIT',
        0,
        count,
      );
      return readPlaces(flat as unknown[]);
    } catch (error) {
      throw asRowlockError(error);
    }
  }

  async function wanted(ids: readonly string[], filter: TaskQuery): Promise<TaskView[]> {
    const matching = (await store.getMany(ids)).filter((task) => matchesTask(task, filter));
    const { visibleTo: actor } = filter;
    if (!actor) return matching;
    const granted = await Promise.all(
      matching.map((task) => permissions.isGranted({ actor, action: 'watch', task })),
    );
    return matching.filter((_, i) => granted[i]);
  }

  async function listTaskIds(record: RecordKey): Promise<Set<string>> {
    const [holders, trail] = await Promise.all([
      registry.listHolders([record]),
      audit.listByRecord(record, { limit: MAX_AUDITED }),
    ]);
    const now = (holders.get(record) ?? []).map(({ lease }) => lease.holder);
    const all = [...now, ...trail.map(({ holder }) => holder)];
    return new Set(all.filter(({ type }) => type === 'task').map(({ id }) => id));
  }
}

/** As Redis reads it: "inf" without the rest of the word. */
const asScore = (score: number): string => String(score).replace('Infinity', 'inf');

/** Id and score in turns, or in pairs as RESP3 has them. */
function readPlaces(reply: readonly unknown[]): Place[] {
  const flat = reply.flat();
  return Array.from({ length: flat.length / 2 }, (_, i) => ({
    id: String(flat[2 * i]),
    launchOrder: Number(flat[2 * i + 1]),
  }));
}

/** `next` is the launch order of the last task of its page. */
function parseAfter(after: string): number {
  if (/^[0-9]{1,16}$/.test(after)) return Number(after);
  throw new RowlockError(
    'bad_request',
    '`after` is malformed. Pass `next` of an earlier page of the list, or nothing for the first page.',
  );
}
