import type { Conflict, OwnedLease, RecordKey, TaskView } from '@rowlock/protocol';
import {
  type AcquireOutcome,
  ConflictModal,
  type FieldConflict,
  LockBadge,
  type LockStatus,
  type RecordLock,
  type RowlockClientError,
  RowlockProvider,
  StaleNotice,
  type TaskLock,
  TaskProgress,
  type TaskSnapshot,
  useDraft,
  useDrafts,
  useLaunchTask,
  useStaleRecord,
  useTask,
  useTaskLock,
  useTasks,
  type WatchedChange,
} from '@rowlock/react';
import { createRowlockClient } from '@rowlock/react/core';
import {
  locksQueryOptions,
  type SaveFailure,
  taskQueryOptions,
  useGuardedMutation,
  useInvalidateChanged,
} from '@rowlock/react/query';
import { useQuery } from '@tanstack/react-query';
import { expectTypeOf } from 'vitest';

declare const ids: number[];
declare const maybeId: string | undefined;
declare const result: AcquireOutcome;

export function useExamples() {
  // useTaskLock keeps the kind of its ids.
  const lock = useTaskLock(ids, { resource: 'cities' });
  expectTypeOf(lock).toEqualTypeOf<TaskLock<number>>();
  expectTypeOf(lock.availableIds).toEqualTypeOf<readonly number[]>();
  expectTypeOf(lock.status).toEqualTypeOf<LockStatus>();
  expectTypeOf(lock.conflicts).toEqualTypeOf<readonly Conflict[]>();
  expectTypeOf(lock.getLock(1)).toEqualTypeOf<RecordLock>();
  expectTypeOf(lock.headers()).toEqualTypeOf<Record<string, string>>();
  expectTypeOf(useTaskLock([maybeId])).toEqualTypeOf<TaskLock<string>>();
  // @ts-expect-error: an id is a number or text
  useTaskLock([{ id: 1 }]);

  // An acquire ends with a lease or with an error.
  expectTypeOf(lock.acquire()).resolves.toEqualTypeOf<AcquireOutcome>();
  if (result.ok) expectTypeOf(result.lease).toEqualTypeOf<OwnedLease>();
  else expectTypeOf(result.error).toEqualTypeOf<RowlockClientError>();
  // @ts-expect-error: the lease exists only if `ok` is true
  result.lease;

  // useTask accepts an id that is not known yet.
  expectTypeOf(useTask(maybeId)).toExtend<TaskSnapshot>();
  expectTypeOf(useTask('t1').task).toEqualTypeOf<TaskView | undefined>();
  expectTypeOf(useTask('t1', { select: ({ isStale }) => isStale })).toEqualTypeOf<boolean>();
  expectTypeOf(useTasks({ select: ({ tasks }) => tasks.length })).toEqualTypeOf<number>();
  // @ts-expect-error: a task's id is text
  useTask(7);

  // Without a declaration of tasks, any name and any input.
  expectTypeOf(useLaunchTask('anything').launch).parameter(0).toEqualTypeOf<unknown>();

  // A form holds its rows, and its dialog needs only the lock.
  const held = useTaskLock(ids, {
    resource: 'cities',
    hold: true,
    reacquire: 'when-free',
    onAcquired: ({ isAgain }) => expectTypeOf(isAgain).toEqualTypeOf<boolean>(),
    onLost: (reason) => expectTypeOf(reason).toExtend<string>(),
  });
  <ConflictModal lock={held} recordLabel={(key) => key} />;
  // @ts-expect-error: the lock knows its conflicts
  <ConflictModal lock={held} conflicts={held.conflicts} />;
}

// A component shows a given value or watches one, but not both.

declare const record: RecordKey;
declare const task: TaskView;
declare const shown: RecordLock;
<LockBadge record={record} />;
<LockBadge lock={shown} />;
<LockBadge
  lock={shown}
  ref={(element) => element?.focus()}
  className={({ kind }) => kind}
  data-testid="badge"
/>;
// @ts-expect-error: a badge either watches a record or shows a lock
<LockBadge record={record} lock={shown} />;
// @ts-expect-error: a bare id does not name a record
<LockBadge record="7" />;
<TaskProgress taskId="t1" />;
<TaskProgress task={task} isStale />;
// @ts-expect-error: `isStale` belongs to a task that is given
<TaskProgress taskId="t1" isStale />;
// @ts-expect-error: a provider makes its client, or is given one
<RowlockProvider client={null} url="/admin" />;

// The types of the application's tasks check the names and inputs of launches, and type the results.
type AppTasks = {
  readonly rename: { input: { ids: string[]; note?: string }; result: { renamed: number } };
  readonly count: { input: Record<string, never>; result: number };
};

export async function launchExamples() {
  const client = createRowlockClient<AppTasks>();
  const launched = await client.tasks.launch(
    'rename',
    { ids: ['1'] },
    { onConflict: 'skip', lease: ['cities/1'] },
  );
  if (launched.ok) {
    expectTypeOf(launched.task.result).toEqualTypeOf<{ renamed: number } | undefined>();
    expectTypeOf(launched.skipped).toEqualTypeOf<readonly RecordKey[]>();
  } else {
    expectTypeOf(launched.error).toEqualTypeOf<RowlockClientError>();
    expectTypeOf(launched.error.conflicts).toEqualTypeOf<readonly Conflict[]>();
  }
  await client.tasks.preview('count', {});
  // @ts-expect-error: no task has that name
  await client.tasks.launch('renam', { ids: [] });
  // @ts-expect-error: an id of this task is text
  await client.tasks.launch('rename', { ids: [1] });
  // @ts-expect-error: the input is that of another task
  await client.tasks.preview('rename', {});
  // @ts-expect-error: only the server sets the priority
  await client.tasks.launch('count', {}, { priority: 1 });

  // A provider takes a client of any application.
  <RowlockProvider client={client} />;

  // Without the types, any name and any input.
  const untyped = createRowlockClient();
  const any = await untyped.tasks.launch('anything', 7);
  if (any.ok) expectTypeOf(any.task.result).toEqualTypeOf<unknown>();
  const again = await untyped.tasks.retry('t1', { onlyFailed: true });
  if (again.ok) expectTypeOf(again.task).toEqualTypeOf<TaskView>();
}

// A draft takes its fields and their values from the row.
interface City {
  name: string;
  population: number;
}
declare const city: City;

export function useDraftExamples() {
  const draft = useDraft('cities/1', city, {
    version: 7,
    isSame: (field, a, b) => {
      expectTypeOf(field).toEqualTypeOf<'name' | 'population'>();
      expectTypeOf(a).toEqualTypeOf<string | number>();
      return a === b;
    },
  });
  expectTypeOf(draft.values).toEqualTypeOf<City>();
  expectTypeOf(draft.dirtyFields).toEqualTypeOf<readonly ('name' | 'population')[]>();
  expectTypeOf(draft.conflicts).toEqualTypeOf<readonly FieldConflict<City>[]>();
  draft.setField('name', 'Lutetia');
  draft.takeTheirs('name', 'population');
  draft.markSaved({ submitted: { name: 'Lutetia' }, version: 8 });
  // @ts-expect-error: the row has no such field
  draft.setField('nane', 'Lutetia');
  // @ts-expect-error: a population is a number
  draft.setField('population', '8,836');
  // @ts-expect-error: the row has no such field
  draft.keepMine('nane');
  // @ts-expect-error: a bare id does not name a record
  useDraft('1', city);

  // A row may become stale since the version of its draft.
  const stale = useStaleRecord(1, { resource: 'cities', version: draft.version });
  expectTypeOf(stale.changes).toEqualTypeOf<readonly WatchedChange[]>();
  useStaleRecord([1, 'two', undefined], { version: undefined });
  // @ts-expect-error: nothing is stale without a version to compare with
  useStaleRecord(1, { resource: 'cities' });
  expectTypeOf(useDrafts('cities').has(1)).toEqualTypeOf<boolean>();
}

// A save takes its values from the function that sends it, and its data from the answer.
declare const saveCity: (city: City, headers: Record<string, string>) => Promise<{ id: number }>;

export function useSaveExamples() {
  const lock = useTaskLock(ids, { resource: 'cities' });
  const draft = useDraft('cities/1', city);
  const save = useGuardedMutation({
    lock,
    draft,
    mutationFn: (values: City, { headers }) => saveCity(values, headers),
    onSuccess: (saved, { variables }) => {
      expectTypeOf(saved).toEqualTypeOf<{ id: number }>();
      expectTypeOf(variables).toEqualTypeOf<City>();
    },
  });
  expectTypeOf(save.data).toEqualTypeOf<{ id: number } | undefined>();
  expectTypeOf(save.failure).toEqualTypeOf<SaveFailure | undefined>();
  void save.mutate(draft.values);
  // @ts-expect-error: the values of a city
  void save.mutate({ name: 'Paris' });
  <ConflictModal lock={lock} {...save.dialog} />;
  <StaleNotice
    draft={draft}
    stale={save.stale}
    fieldLabel={(field) => {
      expectTypeOf(field).toEqualTypeOf<'name' | 'population'>();
      return field;
    }}
    formatValue={(value) => {
      expectTypeOf(value).toEqualTypeOf<string | number>();
      return String(value);
    }}
  />;
  // @ts-expect-error: the labels name the fields of another row
  <StaleNotice draft={draft} fieldLabel={(field: 'region') => field} />;

  const fetched = useGuardedMutation({ mutationFn: (_city: City) => fetch('/api/cities/1') });
  expectTypeOf(fetched.data).toEqualTypeOf<unknown>();
  // @ts-expect-error: the draft is that of another row
  useGuardedMutation({ draft, mutationFn: (_values: { region: string }) => fetch('/') });
}

// The options of live queries type the data of `useQuery`.
export function useQueryExamples() {
  const client = createRowlockClient();
  expectTypeOf(useQuery(taskQueryOptions(client, maybeId)).data).toEqualTypeOf<TaskSnapshot | undefined>();
  const { data } = useQuery(locksQueryOptions(client, ['cities/1']));
  expectTypeOf(data?.['cities/1']?.kind).toEqualTypeOf<RecordLock['kind'] | undefined>();
  useInvalidateChanged({ cities: [['cities']], countries: (ids) => ids.map((id) => ['country', id]) });
  // @ts-expect-error: a key is a list
  useInvalidateChanged({ cities: ['cities'] });
}
