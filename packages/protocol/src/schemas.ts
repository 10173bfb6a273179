/** The schemas of the server's edge. They are apart from the types, so that a browser bundle contains no schema library. */
import { z } from 'zod';
import type { LeaseSecret, ReleaseBeacon } from './http.ts';
import { LOCK_MODES } from './lease.ts';
import { plainText } from './plainText.ts';
import { isRecordKey, malformed, type RecordKey } from './recordKey.ts';

/*
 * PROTOCOL.md shows these schemas. A `title` is the type's name there, and a `description` its meaning.
 */
export const recordKeySchema = z
  .custom<RecordKey>(isRecordKey, { error: (issue) => malformed(issue.input) })
  .meta({
    title: 'RecordKey',
    description:
      '`<resource>/<id>`, for example `cities/2988507`. A resource is `[a-z][a-z0-9_-]{0,63}`. An id has 1 to 128 characters ' +
      "in Unicode's normal form C (NFC), without control characters, and is not `*` alone. " +
      'Another form is refused, since it would be a second key of the same record',
  });
export const lockModeSchema = z
  .enum(LOCK_MODES)
  .meta({ title: 'LockMode', description: 'The mode of a lease' });
export const leaseIdSchema = z
  .string()
  .regex(/^[0-9]{1,20}$/, 'a lease id is 1 to 20 decimal digits')
  .meta({ title: 'LeaseId', description: '1 to 20 decimal digits. Opaque' });
export const secretSchema = z
  .string()
  .regex(/^[A-Za-z0-9_-]{16,64}$/, 'a lease secret is 16 to 64 URL-safe characters')
  .meta({
    title: 'Secret',
    description:
      "16 to 64 of `A–Z a–z 0–9 _ -`. Only the lease's holder has it. It proves who owns the lease",
  });

export const leaseSecretSchema: z.ZodType<LeaseSecret, LeaseSecret> = z.strictObject({
  leaseId: leaseIdSchema,
  secret: secretSchema,
});

export const releaseBeaconSchema: z.ZodType<ReleaseBeacon> = z.strictObject({
  leases: z.array(leaseSecretSchema).min(1).max(50),
});

/** Body of `POST <router>/tasks/:id/retry`. */
export const retryBodySchema = z.strictObject({
  onlyFailed: z.boolean().optional().describe('Only the records that failed in the task. Default false'),
});

const labelSchema = z
  .string()
  .max(120)
  .transform(plainText)
  .pipe(z.string().min(1, 'a label needs at least one visible character'))
  .meta({
    title: 'Label',
    description:
      '1 to 120 characters on one line. The server removes control characters, line breaks and bidirectional controls',
  });

const taskIdSchema = z
  .string()
  .min(1)
  .max(64)
  .meta({ title: 'TaskId', description: '1 to 64 characters. Opaque' });

const interest = z.strictObject({
  records: z.array(recordKeySchema).default([]),
  tasks: z
    .union([z.array(taskIdSchema).max(200), z.literal('all')])
    .default([])
    .describe("`'all'`: every task that the actor may see"),
});

/** The schemas that PROTOCOL.md lists as forms of values. */
export const valueSchemas = [recordKeySchema, leaseIdSchema, secretSchema, taskIdSchema, labelSchema];

/** Browser → server over the live channel: one schema a message; the message types are inferred from them. */
export const clientMessages = {
  watch: interest
    .extend({
      since: z
        .number()
        .int()
        .min(0)
        .max(Number.MAX_SAFE_INTEGER)
        .optional()
        .describe(
          'A version of the namespace. The answer also contains the changes of the records since. Default none',
        ),
    })
    .describe(
      "Watch records and tasks. The answer is their state now. Of `'all'` tasks it contains the newest 100. " +
        'Tasks that hold a watched record are watched too',
    ),
  unwatch: interest.describe('Stop watching them'),
  acquire: z
    .strictObject({
      records: z.array(recordKeySchema).min(1),
      mode: lockModeSchema.default('exclusive'),
      label: labelSchema.optional().describe("For others to read. Default: the actor's name"),
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
  cancel: z.strictObject({ taskId: taskIdSchema }).describe('Ask a task to stop'),
} as const;
