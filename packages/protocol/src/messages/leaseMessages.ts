/** Messages about the leases of a session. */
import { z } from 'zod';
import {
  labelSchema,
  leaseIdSchema,
  leaseSecretSchema,
  lockModeSchema,
  recordKeySchema,
  secretSchema,
} from '../valueSchemas.ts';

export const leaseMessages = {
  acquire: z
    .strictObject({
      records: z.array(recordKeySchema).min(1),
      mode: lockModeSchema.default('exclusive'),
      label: labelSchema.optional().describe("For others to read. Default: the actor's name"),
      moves: z
        .boolean()
        .default(true)
        .describe(
          'False takes nothing over from another tab of the user, also if the server lets the newest tab do so. Send it if the ' +
            'client asks by itself, for example again after a loss. Otherwise two tabs would move the records to and fro',
        ),
    })
    .describe(
      'Acquire a lease for this session on all of the records. If one is blocked, the error is `conflict` and nothing is acquired',
    ),
  resume: z
    .strictObject({
      leaseId: leaseIdSchema,
      secret: secretSchema,
      nextSecret: secretSchema.optional().describe('The new secret. Default: the server chooses one'),
    })
    .describe(
      'Resume a lease on a new connection, after a reload or a reconnect. The answer contains a new secret, and the old one ' +
        'is void. A session that chooses and stores `nextSecret` first can send the same message again if the answer is lost',
    ),
  confirm: z.strictObject({}).describe('Ask when the server last renewed each lease of this session'),
  release: leaseSecretSchema.describe('Release a lease'),
} as const;
