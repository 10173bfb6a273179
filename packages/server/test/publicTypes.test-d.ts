import {
  type Actor,
  type ConflictError,
  createRowlock,
  defineTask,
  type Launched,
  type LeaseHandle,
  type Locks,
  type RecordKey,
  type RowlockError,
  recordKey,
  type TaskContext,
  type TaskTypes,
  type TaskView,
} from '@rowlock/server';
import { expectTypeOf } from 'vitest';
import { z } from 'zod';

// ── defineTask infers the input from its schema, after transformations, and the result from `run`.

const rename = defineTask({
  name: 'rename',
  input: z.object({ ids: z.array(z.string().transform(Number)), note: z.string().default('') }),
  records(input, { actor }) {
    expectTypeOf(input).toEqualTypeOf<{ ids: number[]; note: string }>();
    expectTypeOf(actor).toEqualTypeOf<Actor>();
    return input.ids.map((id) => recordKey('cities', id));
  },
  async run(context, input) {
    expectTypeOf(context).toEqualTypeOf<TaskContext>();
    expectTypeOf(input.ids).toEqualTypeOf<number[]>();
    return { renamed: input.ids.length };
  },
});

defineTask({
  name: 'wrong-result',
  input: z.object({}),
  result: z.object({ count: z.number() }),
  records: () => [],
  // @ts-expect-error: the result is not what its schema says
  run: () => ({ count: 'many' }),
});

defineTask({
  name: 'wrong-records',
  input: z.object({ ids: z.array(z.number()) }),
  // @ts-expect-error: an id alone is not a record
  records: ({ ids }) => ids,
  run: () => {},
});

// @ts-expect-error: a task says which records it locks
defineTask({ name: 'no-records', input: z.object({}), run: () => {} });

// ── Tasks take a definition's input as it is before transformations.

const actor: Actor = { id: 'u1', name: 'Ann' };
const rowlock = createRowlock({
  redis: 'redis://127.0.0.1:6379',
  namespace: 'types',
  resources: ['cities'],
  tasks: [rename],
  auth: { authenticate: () => actor, authorize: () => true },
});

expectTypeOf(rowlock.tasks.launch(rename, { ids: ['7'] }, { actor })).resolves.toEqualTypeOf<Launched>();
expectTypeOf(rowlock.tasks.get('t1')).resolves.toEqualTypeOf<TaskView | undefined>();

// @ts-expect-error: the input must fit the schema
rowlock.tasks.launch(rename, { ids: [7] }, { actor });
// @ts-expect-error: a launch names who launches
rowlock.tasks.launch(rename, { ids: ['7'] }, {});

const outcome = await rowlock.tasks.runOrLaunch(rename, { ids: ['7'] }, { actor });
if (outcome.kind === 'done') expectTypeOf(outcome.result).toEqualTypeOf<{ renamed: number }>();
else expectTypeOf(outcome.task).toEqualTypeOf<TaskView>();
// @ts-expect-error: a task that was launched has no result yet
outcome.result;

// A process that only runs tasks needs no `auth`. If there is one, it must be whole.
createRowlock({ redis: '', namespace: 'types', resources: [], tasks: [] });
// @ts-expect-error: nobody is permitted anything without `authorize`
createRowlock({ redis: '', namespace: 'types', resources: [], auth: { authenticate: () => actor } });

// ── The application's own fields of a user reach `authorize`, if an actor has them.

createRowlock({
  redis: '',
  namespace: 'types',
  resources: [],
  auth: {
    authenticate({ headers, url, request, webRequest }) {
      expectTypeOf(url).toBeString();
      expectTypeOf(request?.headers).toEqualTypeOf<typeof headers | undefined>();
      expectTypeOf(webRequest).toEqualTypeOf<Request | undefined>();
      return {
        id: 'u1',
        name: 'Ann',
        role: headers.role === 'admin' ? ('admin' as const) : ('guest' as const),
      };
    },
    authorize({ actor: user }) {
      expectTypeOf(user.name).toBeString();
      expectTypeOf(user.role).toEqualTypeOf<'admin' | 'guest' | undefined>();
      return user.role === 'admin';
    },
  },
});

// ── Leases.

declare const locks: Locks;
const holder = { type: 'person', id: 's1', actor, label: 'Edit' } as const;
const records: RecordKey[] = ['cities/7'];

expectTypeOf(locks.acquire({ holder, records })).resolves.toEqualTypeOf<LeaseHandle>();
expectTypeOf(locks.withLock({ holder, records }, async (lease) => lease.fence)).resolves.toBeString();
expectTypeOf<LeaseHandle>().toExtend<AsyncDisposable>();
expectTypeOf<LeaseHandle['signal']>().toEqualTypeOf<AbortSignal>();

// @ts-expect-error: records are keys, not bare ids
locks.acquire({ holder, records: ['7'] });
// @ts-expect-error: there is no such answer to a conflict
locks.acquire({ holder, records, onConflict: 'steal' });

expectTypeOf<ConflictError>().toExtend<RowlockError>();
expectTypeOf<ConflictError['conflicts'][number]>().toHaveProperty('lease');

// ── A guarded Web handler takes the context of its framework, of the type that `records` asks for.

const putCity = rowlock.guardRequest(
  { records: (_request, id: string) => [recordKey('cities', id)] },
  (request, { fence, signal }, id) => {
    expectTypeOf(request).toEqualTypeOf<Request>();
    expectTypeOf(fence).toBeString();
    expectTypeOf(signal).toEqualTypeOf<AbortSignal>();
    expectTypeOf(id).toBeString();
    return new Response();
  },
);
expectTypeOf(putCity).toEqualTypeOf<(request: Request, context: string) => Promise<Response>>();
const putAll = rowlock.guardRequest({ records: () => records }, () => new Response());
expectTypeOf(putAll(new Request('https://app.example'))).resolves.toEqualTypeOf<Response>();
// @ts-expect-error: the id is of another type
putCity(new Request('https://app.example'), 7);

// ── The types of an application's tasks, for a client that launches them.

const count = defineTask({
  name: 'count',
  input: z.object({ country: z.string().optional() }),
  records: () => ['cities/1'],
  run: () => 7,
});
const appTasks = [rename, count];
expectTypeOf<TaskTypes<typeof appTasks>>().toEqualTypeOf<{
  readonly rename: { input: { ids: string[]; note?: string | undefined }; result: { renamed: number } };
  readonly count: { input: { country?: string | undefined }; result: number };
}>();
createRowlock({
  redis: 'redis://127.0.0.1:6379',
  namespace: 'types',
  resources: ['cities'],
  tasks: appTasks,
});
