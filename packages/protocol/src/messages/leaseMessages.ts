/** Messages about the leases of a session. */
import { z } from 'zod';
import {
  labelSchema,
  leaseIdSchema,
  lockableKeySchema,
  lockModeSchema,
  lockScopeSchema,
  onConflictSchema,
  reasonSchema,
  secretSchema,
} from '../valueSchemas.ts';

const requestIdSchema = z
  .string()
  .regex(/^[A-Za-z0-9_-]{16,64}$/, 'a request id is 16 to 64 URL-safe characters')
  .describe('16 to 64 of `A–Z a–z 0–9 _ -`');

export const leaseMessages = {
  acquire: z
    .strictObject({
      records: z.array(lockableKeySchema).min(1),
      mode: lockModeSchema.default('exclusive'),
      scope: lockScopeSchema.default('record'),
      label: labelSchema.optional().describe("For others to read. Default: the actor's name"),
      moves: z
        .boolean()
        .default(true)
        .describe(
          'False takes nothing over from another tab of the user, also if the server lets the newest tab do so. Send it if the ' +
            'client asks by itself, for example again after a loss. Otherwise two tabs would move the records to and fro',
        ),
      onConflict: onConflictSchema.default('refuse'),
    })
    .describe(
      'Acquire a lease for this session on all of the records. If some are blocked, `onConflict` says what happens',
    ),
  resume: z
    .strictObject({
      leaseId: leaseIdSchema,
      secret: secretSchema,
      nextSecret: secretSchema.optional().describe('The new secret. Default: the server chooses one'),
      idleMs: z
        .number()
        .int()
        .min(0)
        .max(Number.MAX_SAFE_INTEGER)
        .default(0)
        .describe('How long nobody has been active in this tab, in ms. A reconnect is no activity'),
    })
    .describe(
      'Resume a lease on a new connection, after a reload or a reconnect. It may wait for its records still, or have come into ' +
        'force meanwhile. The answer contains a new secret, and the old one ' +
        'is void. A session that chooses and stores `nextSecret` first can send the same message again if the answer is lost',
    ),
  confirm: z
    .strictObject({})
    .describe('Ask when the server last renewed each lease of this session, waiting ones too'),
  extend: z
    .strictObject({
      leaseId: leaseIdSchema,
      secret: secretSchema,
      records: z.array(lockableKeySchema).min(1),
      onConflict: z
        .enum(['refuse', 'skip'])
        .default('refuse')
        .describe('`skip`: add the free ones. The error is `conflict` if none is'),
    })
    .describe(
      "Add records to a lease that is in force, in the lease's own scope. It never waits: waiting while holding can deadlock. The " +
        'fence is new',
    ),
  takeOver: z
    .strictObject({
      records: z.array(lockableKeySchema).min(1),
      mode: lockModeSchema.default('exclusive'),
      scope: lockScopeSchema.default('record'),
      label: labelSchema.optional().describe("For others to read. Default: the actor's name"),
      reason: reasonSchema.describe('For those who lose their leases, and for the audit trail'),
    })
    .describe(
      'End the leases that block the records, and acquire the records in the same step. Needs the permission `takeOver` for each of ' +
        'these leases. Leases that wait for the records continue to wait',
    ),
  requestRelease: z
    .strictObject({
      leaseId: leaseIdSchema.describe('A lease that blocks the records, for example of a conflict'),
      records: z.array(lockableKeySchema).min(1).max(20).describe('The records that the user wants'),
      scope: lockScopeSchema.default('record'),
      message: reasonSchema.optional().describe('For the holder to read'),
      requestId: requestIdSchema
        .optional()
        .describe(
          'Send the same one to ask again what has become of the request. Default: the server chooses one',
        ),
    })
    .describe(
      'Ask the holder of a lease to release it. Needs the permission `acquire` for the records. A task cannot be asked: cancel it. ' +
        'A user has one request a lease at a time',
    ),
  answerRelease: z
    .strictObject({
      leaseId: leaseIdSchema,
      requestId: requestIdSchema,
      answer: z
        .enum(['released', 'later', 'refused'])
        .describe('`released` ends the lease. The others change nothing'),
    })
    .describe('Answer a release request, as the session that holds the lease'),
  release: z
    .strictObject({
      leaseId: leaseIdSchema,
      secret: secretSchema,
      records: z
        .array(lockableKeySchema)
        .min(1)
        .optional()
        .describe('Only these records. The lease ends with its last one. Default: the whole lease'),
    })
    .describe('Release a lease, some of its records, or a position in the wait list'),
} as const;
