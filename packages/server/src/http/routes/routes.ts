/**
 * Every route of the kit, declared once. The handlers are in the files named after the tags, `answerRequest.ts` serves
 * them, and `openapi` describes them.
 */
import {
  acquireBodySchema,
  extendBodySchema,
  launchBodySchema,
  previewBodySchema,
  releaseBeaconSchema,
  releaseBodySchema,
  renewBodySchema,
  retryBodySchema,
  takeOverBodySchema,
} from '@rowlock/protocol';
import {
  healthSchema,
  launchedSchema,
  previewSchema,
  resourceLockPageSchema,
  taskAnswerSchema,
  taskFailuresSchema,
  taskLogSchema,
  taskPageSchema,
} from './answerSchemas.ts';
import { leaseAnswerSchema, leaseRestSchema, leaseStandingSchema, ownLeaseSchema } from './leaseSchemas.ts';
import { leasesQuerySchema, locksQuerySchema } from './requestSchemas.ts';
import type { Route } from './route.ts';
import { taskQuerySchema } from './taskQuery.ts';
import { viewSchema } from './viewSchemas.ts';

/** A request that lets the application select records. */
const SELECTION_COST = 10;

const leaseParams = { id: "The lease's id" };
const ACQUIRE = '`acquire` of the records';
const LEASE_SECRET = "none, because the lease's secret proves who owns it";
const taskParams = { id: "The task's id" };
const WATCH_TASK = '`watch` of the task';
const LAUNCH = '`launch`, by the name of the task, then with its input and records';

export const ROUTES = {
  endSession: {
    method: 'POST',
    path: '/session/end',
    tag: 'sessions',
    summary: 'End the session of a tab',
    description:
      'For a user who signs out. All leases of the session end at once, and its secret no longer proves anything. A session that ' +
      'never held a lease is unknown, and is no error.',
    isPublic: true,
    permission:
      'none, because the secret in the header proves the session, also after the user has signed out',
    needsSession: true,
    answers: { 204: null },
    errors: ['forbidden'],
  },
  releaseLeases: {
    method: 'POST',
    path: '/leases/release',
    tag: 'leases',
    summary: 'Announce that a tab closes',
    description:
      'The leases end after the disconnect grace, unless they are resumed. Meant for `navigator.sendBeacon` on `pagehide`, so ' +
      'any content type is read as JSON.',
    isPublic: true,
    permission: 'none, because the secrets in the body prove who owns the leases',
    body: releaseBeaconSchema,
    answers: { 204: null },
  },
  getLocks: {
    method: 'GET',
    path: '/locks',
    tag: 'locks',
    summary: 'Get the leases that cover records',
    description:
      'For each record the leases in force, and the tasks that hold them. The rule for holders applies: a task that the user may ' +
      'not watch is shown as a task, and no more.',
    permission: '`watch` of the records',
    query: locksQuerySchema,
    answers: { 200: { description: 'The state of the records now', schema: viewSchema } },
    errors: ['unknown_resource', 'forbidden'],
  },
  listLeases: {
    method: 'GET',
    path: '/leases',
    tag: 'leases',
    summary: 'List the leases on a resource',
    description:
      'Oldest first, page by page. The rule for holders applies: a task that the user may not watch is shown as a task, and no more.',
    permission: '`watch` of the whole resource, as the record `<resource>/*`',
    query: leasesQuerySchema,
    answers: { 200: { description: 'A page of leases', schema: resourceLockPageSchema } },
    errors: ['unknown_resource', 'forbidden'],
  },
  acquireLease: {
    method: 'POST',
    path: '/leases',
    tag: 'leases',
    summary: 'Acquire a lease',
    description:
      'For a client without a live connection. The session of the header is its holder. Renew the lease within its `ttlMs`: nobody ' +
      'else does.',
    permission: ACQUIRE,
    needsSession: true,
    body: acquireBodySchema,
    answers: {
      201: { description: 'The lease is in force', schema: leaseAnswerSchema },
      202: { description: 'The lease waits for its records', schema: leaseAnswerSchema },
    },
    errors: ['unknown_resource', 'forbidden', 'conflict', 'too_many_records'],
  },
  takeOverLeases: {
    method: 'POST',
    path: '/leases/take-over',
    tag: 'leases',
    summary: 'Take records over',
    description:
      'Ends the leases that block the records, and acquires the records in the same step. The session of the header is the holder.',
    permission: `${ACQUIRE}, and \`takeOver\` of each lease that would end`,
    needsSession: true,
    body: takeOverBodySchema,
    answers: { 201: { description: 'The lease is in force', schema: leaseStandingSchema } },
    errors: ['unknown_resource', 'forbidden', 'conflict', 'too_many_records'],
  },
  getLease: {
    method: 'GET',
    path: '/leases/:id',
    tag: 'leases',
    summary: 'Get a lease of the session',
    description: 'In force or waiting. Does not renew it.',
    permission: 'none, because the secret of the session proves who owns the lease',
    needsSession: true,
    params: leaseParams,
    answers: { 200: { description: 'The lease', schema: ownLeaseSchema } },
    errors: ['forbidden', 'lease_lost'],
  },
  renewLease: {
    method: 'POST',
    path: '/leases/:id/renew',
    tag: 'leases',
    summary: 'Renew a lease',
    description:
      'A lease in force, or a position in the wait list. The answer says which of both it is by now.',
    permission: LEASE_SECRET,
    params: leaseParams,
    body: renewBodySchema,
    answers: { 200: { description: 'The lease', schema: leaseStandingSchema } },
    errors: ['lease_lost'],
  },
  extendLease: {
    method: 'POST',
    path: '/leases/:id/extend',
    tag: 'leases',
    summary: 'Add records to a lease',
    description: 'Of a lease in force. It never waits. The fence is new.',
    permission: ACQUIRE,
    params: leaseParams,
    body: extendBodySchema,
    answers: { 200: { description: 'The lease, and the added records', schema: leaseAnswerSchema } },
    errors: ['unknown_resource', 'forbidden', 'conflict', 'lease_lost', 'too_many_records'],
  },
  releaseLease: {
    method: 'POST',
    path: '/leases/:id/release',
    tag: 'leases',
    summary: 'Release a lease',
    description: 'All of it, some of its records, or its position in the wait list.',
    permission: LEASE_SECRET,
    params: leaseParams,
    body: releaseBodySchema,
    answers: { 200: { description: 'The rest of the lease', schema: leaseRestSchema } },
    errors: ['lease_lost'],
  },
  listTasks: {
    method: 'GET',
    path: '/tasks',
    tag: 'tasks',
    summary: 'List tasks',
    description: 'Newest launch first, page by page. Contains only tasks that the user may watch.',
    permission: '`watch` of each task, and with `record` also of that record',
    query: taskQuerySchema,
    answers: { 200: { description: 'A page of tasks', schema: taskPageSchema } },
    errors: ['unknown_resource', 'forbidden'],
  },
  launchTask: {
    method: 'POST',
    path: '/tasks',
    tag: 'tasks',
    summary: 'Launch a task',
    description:
      'Its records are locked when the answer arrives, or it waits for them. A request with the same `idempotencyKey` launches no ' +
      'second task.',
    permission: LAUNCH,
    body: launchBodySchema,
    cost: SELECTION_COST,
    answers: { 202: { description: 'The task', schema: launchedSchema } },
    errors: ['unknown_resource', 'forbidden', 'not_found', 'conflict', 'lease_lost', 'too_many_records'],
  },
  getTask: {
    method: 'GET',
    path: '/tasks/:id',
    tag: 'tasks',
    summary: 'Get a task',
    permission: WATCH_TASK,
    params: taskParams,
    answers: { 200: { description: 'The task', schema: taskAnswerSchema } },
    errors: ['forbidden', 'not_found'],
  },
  listTaskFailures: {
    method: 'GET',
    path: '/tasks/:id/failures',
    tag: 'tasks',
    summary: 'List the records of a task that failed',
    permission: WATCH_TASK,
    params: taskParams,
    answers: { 200: { description: 'The failed records, with their reasons', schema: taskFailuresSchema } },
    errors: ['forbidden', 'not_found'],
  },
  getTaskLog: {
    method: 'GET',
    path: '/tasks/:id/log',
    tag: 'tasks',
    summary: 'Read the log of a task',
    permission: WATCH_TASK,
    params: taskParams,
    answers: { 200: { description: 'The newest lines', schema: taskLogSchema } },
    errors: ['forbidden', 'not_found'],
  },
  cancelTask: {
    method: 'POST',
    path: '/tasks/:id/cancel',
    tag: 'tasks',
    summary: 'Ask a task to stop',
    description: 'Also its children. A task that has ended is unchanged.',
    permission: '`cancel` of the task',
    params: taskParams,
    answers: { 202: { description: 'The task as it is now', schema: taskAnswerSchema } },
    errors: ['forbidden', 'not_found'],
  },
  retryTask: {
    method: 'POST',
    path: '/tasks/:id/retry',
    tag: 'tasks',
    summary: 'Retry an ended task',
    description:
      'Launches a new task with the same input: on all records that it selects now, or only on those that failed.',
    permission: `\`watch\` of the task, and ${LAUNCH}`,
    params: taskParams,
    body: retryBodySchema,
    isBodyOptional: true,
    cost: SELECTION_COST,
    answers: { 202: { description: 'The new task', schema: launchedSchema } },
    errors: ['forbidden', 'not_found', 'conflict', 'too_many_records'],
  },
  previewTask: {
    method: 'POST',
    path: '/preview',
    tag: 'tasks',
    summary: 'Preview the launch of a task',
    description:
      'The records that the launch would lock, and the conflicts now. Acquires and launches nothing.',
    permission: LAUNCH,
    body: previewBodySchema,
    cost: SELECTION_COST,
    answers: { 200: { description: 'The selected records and their conflicts', schema: previewSchema } },
    errors: ['unknown_resource', 'forbidden', 'not_found', 'too_many_records'],
  },
  getHealth: {
    method: 'GET',
    path: '/health',
    tag: 'health',
    summary: 'Check that this server can serve users',
    description: 'For the health checks of a proxy. A server that stops hands its users over to others.',
    isPublic: true,
    permission: 'none',
    answers: {
      200: { description: 'Redis answers and accepts writes', schema: healthSchema },
      503: {
        description: 'Redis does not answer, or refuses writes, or this server is stopping',
        schema: healthSchema,
      },
    },
  },
} as const satisfies Readonly<Record<string, Route>>;

export type Routes = typeof ROUTES;
