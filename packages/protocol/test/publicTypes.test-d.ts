import {
  type Ack,
  type ClientMessage,
  type ErrorBody,
  type OwnedLease,
  type OwnedWaitingLease,
  type RecordKey,
  recordKey,
  type TaskState,
  type TaskView,
} from '@rowlock/protocol';
import { expectTypeOf } from 'vitest';

// A record key is text with a slash, so that a bare id cannot be passed for one.
expectTypeOf(recordKey('cities', 7)).toEqualTypeOf<RecordKey>();
expectTypeOf<'cities/7'>().toExtend<RecordKey>();
expectTypeOf<'7'>().not.toExtend<RecordKey>();
expectTypeOf<string>().not.toExtend<RecordKey>();

// An answer is the result of its message, or an error.
declare const answer: Ack<'takeOver'>;
if (answer.ok) expectTypeOf(answer.lease).toEqualTypeOf<OwnedLease>();
else expectTypeOf(answer.error).toEqualTypeOf<ErrorBody>();
// @ts-expect-error: the lease exists only if `ok` is true
answer.lease;
// A request for records is answered with a lease, or with a position in the wait list.
declare const granted: Extract<Ack<'acquire'>, { ok: true }>;
if ('waiting' in granted) expectTypeOf(granted.waiting).toEqualTypeOf<OwnedWaitingLease>();
else expectTypeOf(granted.lease).toEqualTypeOf<OwnedLease>();
expectTypeOf<Extract<Ack<'cancel'>, { ok: true }>['task']>().toEqualTypeOf<TaskView>();

// @ts-expect-error: there is no message of this name
expectTypeOf<ClientMessage<'steal'>>();

expectTypeOf<TaskView['state']>().toEqualTypeOf<TaskState>();
expectTypeOf<TaskState>().toEqualTypeOf<
  'waiting' | 'queued' | 'running' | 'retrying' | 'completed' | 'failed' | 'cancelled'
>();
