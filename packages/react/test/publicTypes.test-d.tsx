import type { Conflict, ErrorBody, OwnedLease, RecordKey, TaskView } from '@rowlock/protocol';
import {
  type AcquireResult,
  LockBadge,
  type LockStatus,
  type RecordLock,
  RowlockProvider,
  type TaskLock,
  TaskProgress,
  type TaskSnapshot,
  useTask,
  useTaskLock,
} from '@rowlock/react';
import { expectTypeOf } from 'vitest';

declare const ids: number[];
declare const maybeId: string | undefined;
declare const result: AcquireResult;

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
  expectTypeOf(lock.acquire()).resolves.toEqualTypeOf<AcquireResult>();
  if (result.ok) expectTypeOf(result.lease).toEqualTypeOf<OwnedLease>();
  else expectTypeOf(result.error).toExtend<ErrorBody>();
  // @ts-expect-error: the lease exists only if `ok` is true
  result.lease;

  // useTask accepts an id that is not known yet.
  expectTypeOf(useTask(maybeId)).toExtend<TaskSnapshot>();
  expectTypeOf(useTask('t1').task).toEqualTypeOf<TaskView | undefined>();
  // @ts-expect-error: a task's id is text
  useTask(7);
}

// A component shows a given value or watches one, but not both.

declare const record: RecordKey;
declare const task: TaskView;
declare const shown: RecordLock;
<LockBadge record={record} />;
<LockBadge lock={shown} />;
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
