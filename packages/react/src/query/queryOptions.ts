/** Options of TanStack Query for what the client of Rowlock watches. Their data stays live while a component shows it. */
import type { RecordKey, TaskFilter } from '@rowlock/protocol';
import { taskFilterKey } from '@rowlock/protocol';
import { queryOptions } from '@tanstack/react-query';
import type { AnyRowlockClient } from '../core/client.ts';
import type { RecordLock } from '../core/recordLock.ts';
import type { TaskList, TaskSnapshot } from '../core/taskSnapshot.ts';
import { fetchLive } from './liveQueries.ts';

/** Live data is never old, and a query that is shown again watches again. The client itself retries. */
const LIVE = { staleTime: 0, retry: false } as const;

/** One task, live: `useQuery(taskQueryOptions(client, id))`. Only in a browser. Without an id the query is disabled. */
export const taskQueryOptions = (client: AnyRowlockClient, id: string | null | undefined) =>
  queryOptions<TaskSnapshot, Error>({
    ...LIVE,
    queryKey: ['rowlock', 'task', id ?? null],
    enabled: typeof id === 'string',
    queryFn: (context) =>
      fetchLive<TaskSnapshot>(
        {
          watch: (listener) => client.tasks.watch(id ?? '', listener),
          get: () => client.tasks.get(id ?? ''),
          isReady: ({ isStale }) => !isStale,
        },
        context,
      ),
  });

/** The tasks that match a filter, live, as of `useTasks`. Default: all that the user may see. */
export const tasksQueryOptions = (client: AnyRowlockClient, filter: TaskFilter = {}) =>
  queryOptions<TaskList, Error>({
    ...LIVE,
    queryKey: ['rowlock', 'tasks', taskFilterKey(filter)],
    queryFn: (context) => {
      const list = client.tasks.list(filter);
      return fetchLive<TaskList>(
        {
          watch: (listener) => list.watch(listener),
          get: () => list.get(),
          isReady: ({ isStale }) => !isStale,
          findError: ({ error }) => error,
        },
        context,
      );
    },
  });

/** How rows stand, live, by their keys: `{ 'cities/1': { kind: 'free', … } }`. */
export const locksQueryOptions = (client: AnyRowlockClient, records: readonly RecordKey[]) =>
  queryOptions<Readonly<Record<RecordKey, RecordLock>>, Error>({
    ...LIVE,
    queryKey: ['rowlock', 'locks', [...records].sort()],
    enabled: records.length > 0,
    queryFn: (context) => {
      const get = () => Object.fromEntries(records.map((key) => [key, client.records.getLock(key)]));
      return fetchLive(
        {
          watch: (listener) => client.records.watch(records, listener),
          get,
          isReady: (locks) => records.every((key) => locks[key]?.isStale === false),
          findError: () => client.records.findRefusal(records),
        },
        context,
      );
    },
  });
