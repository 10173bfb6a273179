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
