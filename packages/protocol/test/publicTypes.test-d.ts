import {
  type Ack,
  type ClientMessage,
  type ErrorBody,
  type OwnedLease,
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
declare const answer: Ack<'acquire'>;
if (answer.ok) expectTypeOf(answer.lease).toEqualTypeOf<OwnedLease>();
else expectTypeOf(answer.error).toEqualTypeOf<ErrorBody>();
// @ts-expect-error: the lease exists only if `ok` is true
answer.lease;
expectTypeOf<Extract<Ack<'cancel'>, { ok: true }>['task']>().toEqualTypeOf<TaskView>();

// @ts-expect-error: there is no message of this name
expectTypeOf<ClientMessage<'steal'>>();

expectTypeOf<TaskView['state']>().toEqualTypeOf<TaskState>();
expectTypeOf<TaskState>().toEqualTypeOf<
  'waiting' | 'queued' | 'running' | 'retrying' | 'completed' | 'failed' | 'cancelled'
>();
