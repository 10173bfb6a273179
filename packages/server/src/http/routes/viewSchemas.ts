/**
 * The schemas of what the wire shows. Each is tied to its type by the compiler, and its descriptions to those of the type
 * by a test. They are not in the protocol's package, because a browser needs none of them.
 */
import {
  type Actor,
  CHANGE_ORIGINS,
  type Conflict,
  ERRORS,
  type ErrorCode,
  type FailedRecord,
  HOLDER_TYPES,
  type Holder,
  type LeaseView,
  leaseIdSchema,
  lockModeSchema,
  type ProblemBody,
  type ProgressView,
  type RecordChange,
  type ResourceView,
  recordKeySchema,
  resourceSchema,
  TASK_STATES,
  type TaskView,
  type View,
  type Viewers,
} from '@rowlock/protocol';
import { z } from 'zod';

export const actorSchema: z.ZodType<Actor> = z
  .object({
    id: z.string().describe("The application's own id of the user"),
    name: z.string().describe('For people to read: "Ann Lee"'),
  })
  .meta({ title: 'Actor', description: "The authenticated user, as the server's `authenticate` gives it." });

export const holderSchema: z.ZodType<Holder> = z
  .object({
    type: z.enum(HOLDER_TYPES).describe('A `person` is one session of a user'),
    id: z.string().describe("The task's id, or the session id"),
    label: z.string().describe('For people to read: "Normalise names", "Edit Paris"'),
    actor: actorSchema.describe('On whose behalf'),
    sharesWithUser: z
      .literal(true)
      .optional()
      .describe(
        "Other tabs of the same user may hold its records too. Only with the server's setting `sameUser: 'share'`",
      ),
  })
  .meta({
    title: 'Holder',
    description: 'The holder of a lease: a `task`, or a `person` (one session of a user).',
  });

export const leaseViewSchema: z.ZodType<LeaseView> = z
  .object({
    id: leaseIdSchema,
    holder: holderSchema,
    mode: lockModeSchema,
    since: z
      .number()
      .describe(
        "When the lease came into force: Unix time in ms by the Redis server's clock, for display only",
      ),
    recordCount: z.number().describe('How many records the lease covers'),
  })
  .meta({ title: 'LeaseView', description: 'A lease as others see it: everything but its secret.' });

export const taskProgressSchema: z.ZodType<ProgressView> = z
  .object({
    done: z.number().describe('Units of work done. Never falls within an attempt'),
    total: z.number().nullable().describe('Units of work in all. Null while unknown'),
    stage: z.string().optional().describe('The current stage: "Reading rows"'),
    stages: z
      .array(z.object({ name: z.string(), done: z.number(), total: z.number() }))
      .optional()
      .describe(
        'The stages that have a total of their own, in order. `done` and `total` are then their sums',
      ),
    message: z.string().optional().describe('A line of text from `run`, for people to read'),
    fraction: z
      .number()
      .optional()
      .describe('0 to 1: the progress of the task with its children. Never falls within an attempt'),
    ratePerSecond: z.number().optional().describe('Units a second, over the last 10 s of the attempt'),
    etaMs: z
      .number()
      .optional()
      .describe('(total − done) ÷ ratePerSecond, in ms. Absent while the rate or the total is unknown'),
  })
  .meta({ title: 'ProgressView', description: 'How far an attempt of a task has come.' });

export const taskViewSchema: z.ZodType<TaskView> = z
  .object({
    id: z.string().describe('Unique in the namespace'),
    name: z.string().describe("The definition's name: `normalise-names`"),
    label: z.string().describe('For people to read: "Normalise names · France"'),
    actor: actorSchema.describe('The user who launched the task'),
    state: z.enum(TASK_STATES),
    attempt: z.number().describe('0 before the first attempt, then 1, 2, …'),
    version: z
      .number()
      .describe(
        'Rises with every change of this task. Of two views, the one with the lower version is older',
      ),
    createdAt: z
      .number()
      .describe("When it was launched: Unix time in ms by the Redis server's clock, for display only"),
    startedAt: z.number().optional().describe('When its first attempt began, likewise. Absent before that'),
    endedAt: z.number().optional().describe('When it reached its final state, likewise. Absent before that'),
    launchOrder: z
      .number()
      .describe('Rises with each launch, in the order of the launches. No two tasks share one'),
    recordCount: z.number().describe('How many records its lease covers, or covered'),
    leaseId: leaseIdSchema.describe("The lease that covers the task's records. It ends with the task"),
    progress: taskProgressSchema.describe('How far the current attempt has come'),
    hasWorker: z
      .boolean()
      .describe('False while no worker works on it: none is running, or its worker stopped responding'),
    cancelRequested: z.boolean().describe('True when somebody has asked the task to stop'),
    isPaused: z
      .literal(true)
      .optional()
      .describe(
        "Its queue is paused by the queue's own tools. The task starts after somebody resumes the queue",
      ),
    tags: z.array(z.string()).optional().describe('Words with which the application finds the task'),
    parentId: z.string().optional().describe('The task that launched it, under whose lease it runs'),
    retryOf: z.string().optional().describe('The ended task that it retries'),
    position: z
      .number()
      .optional()
      .describe('While it waits for its records: its position in the wait list. 1 is next'),
    notBefore: z.number().optional().describe('The task does not start before this time. Unix time in ms'),
    failedCount: z
      .number()
      .optional()
      .describe('How many rows have failed so far. `GET /tasks/:id/failures` lists them with their reasons'),
    finishedCount: z
      .number()
      .optional()
      .describe(
        'How many rows it has finished and released so far, in all attempts. Absent while it has finished no row: most tasks release all at the end',
      ),
    error: z.string().optional().describe('Why it failed, for people to read. Present only if it failed'),
    result: z
      .unknown()
      .optional()
      .describe('The value that `run` returned: JSON of at most 16 KiB. Present only if it completed'),
  })
  .meta({ title: 'TaskView', description: 'A task, without its input.' });

export const conflictSchema: z.ZodType<Conflict> = z
  .object({
    lease: leaseViewSchema.describe('The lease that blocks the request'),
    task: taskViewSchema.optional().describe("The holder's task with its progress, if the holder is a task"),
    recordCount: z.number().describe('How many of the requested records this lease blocks'),
    records: z.array(recordKeySchema).describe('The first of them, at most 20 (`CONFLICT_SAMPLE_SIZE`)'),
    isWaiting: z
      .boolean()
      .optional()
      .describe('True if that lease only waits for these records. It came earlier, so it is next'),
    isSameUser: z
      .boolean()
      .optional()
      .describe(
        'True if the holder is another tab of the user who asks. Absent if nobody in particular asks',
      ),
  })
  .meta({
    title: 'Conflict',
    description: 'One lease that blocks a request, with the requested records that it blocks.',
  });

export const failedRecordSchema: z.ZodType<FailedRecord> = z
  .object({
    record: recordKeySchema,
    error: z.string().describe('The reason, for people to read'),
  })
  .meta({ title: 'FailedRecord', description: 'A row that failed in a task, and the reason.' });

export const recordChangeSchema: z.ZodType<RecordChange> = z
  .object({
    version: z
      .number()
      .describe(
        'The version of the namespace at which it happened. Versions rise, and are whole numbers below 2^53',
      ),
    recordCount: z.number().describe('How many of the records in question have this as their newest change'),
    records: z
      .array(recordKeySchema)
      .describe('The first of them, at most 20 (`CHANGE_SAMPLE_SIZE`). In a `View`: all of them'),
    how: z
      .enum(CHANGE_ORIGINS)
      .optional()
      .describe('The server no longer knows it if this is absent. Likewise for `by` and `at`'),
    by: z.string().optional().describe("The task's id, the writer's id, or the application's own word"),
    actor: actorSchema.optional().describe('On whose behalf. Absent if the application has named nobody'),
    at: z
      .number()
      .optional()
      .describe("When it was noted: Unix time in ms by the Redis server's clock, for display only"),
  })
  .meta({ title: 'RecordChange', description: 'One change of records.' });

const resourceViewSchema: z.ZodType<ResourceView> = z
  .object({
    leaseCount: z.number().describe('The leases in force that cover anything of this resource'),
    recordCount: z
      .number()
      .describe(
        'How many records of this resource these leases name. A record under two shared leases counts twice. ' +
          'The whole resource counts as none, and of a subtree its root alone counts',
      ),
    isWhollyLocked: z.boolean().describe('True if a lease covers the whole resource, so all of its records'),
    hasSubtreeLocks: z
      .boolean()
      .describe(
        'True if a lease covers something with all that is below. This may include more records of this resource',
      ),
  })
  .meta({ title: 'ResourceView', description: 'The locks on a resource, as counts.' });

const viewersSchema: z.ZodType<Viewers> = z
  .object({
    actors: z.array(actorSchema).describe('The first of them by name, at most 20 (`NAMED_VIEWERS`)'),
    count: z
      .number()
      .describe('How many users they are. Of a record with more than 100 tabs, only 100 count'),
  })
  .meta({
    title: 'Viewers',
    description: 'The other users who look at a record now, each once, however many tabs they have.',
  });

export const viewSchema: z.ZodType<View> = z
  .object({
    position: z.string().describe('A position in the change log. Opaque'),
    records: z
      .record(recordKeySchema, z.array(leaseIdSchema))
      .describe('The leases in force on each record; an empty list if it is free'),
    leases: z.array(leaseViewSchema).describe('Each lease that `records` names and that was not sent before'),
    tasks: z
      .array(taskViewSchema)
      .describe('Tasks watched by id or by a filter, and tasks whose leases cover watched records'),
    version: z
      .number()
      .describe(
        'The version of the namespace at that position. Data that was read before this view arrived may be older',
      ),
    changed: z
      .array(recordChangeSchema)
      .optional()
      .describe(
        'The newest changes of watched records, newest first: in a `changes` event, and in the answer to `watch` with `since`. ' +
          'Each names all of the records that this session watches. A change of a version that your data contains is no news. ' +
          'One without `how` and `by`: the server has missed changes, so the records may have changed',
      ),
    resources: z
      .record(resourceSchema, resourceViewSchema)
      .optional()
      .describe(
        'The watched resources whose counts have changed, at most four times a second; in the answer to `watch`: those that it names',
      ),
    viewers: z
      .record(recordKeySchema, viewersSchema)
      .optional()
      .describe(
        'The watched records whose viewers have changed, at most once a second; in the answer to `watch`: those that it names',
      ),
  })
  .meta({
    title: 'View',
    description:
      'The state of records and tasks at a position in the change log. A client may forget a lease that no record in the view names.',
  });

const errorCodeSchema = z.enum(Object.keys(ERRORS) as ErrorCode[]);

export const problemBodySchema: z.ZodType<ProblemBody> = z
  .object({
    type: z.string().describe('`urn:rowlock:problem:<code>`'),
    title: z.string().describe("The code's title"),
    status: z.number().describe('The HTTP status'),
    detail: z.string().describe('Says what happened, why, and what to do now'),
    message: z.string().describe('Equal to `detail`, because many HTTP clients show this field'),
    code: errorCodeSchema.describe('As in an `ErrorBody`'),
    conflicts: z.array(conflictSchema).optional().describe('As in an `ErrorBody`'),
    version: z.number().optional().describe('As in an `ErrorBody`'),
    changes: z.array(recordChangeSchema).optional().describe('As in an `ErrorBody`'),
  })
  .meta({
    title: 'ProblemBody',
    description: 'An error as it travels over HTTP: RFC 9457, `application/problem+json`.',
  });
