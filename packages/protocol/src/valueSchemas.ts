/** The schemas of values at the server's edge. They are apart from the types, so that a browser bundle contains no schema library. */
import { z } from 'zod';
import type { LeaseSecret } from './http.ts';
import { LOCK_MODES, LOCK_SCOPES, ON_CONFLICT } from './lease.ts';
import { plainText } from './plainText.ts';
import { isLockable, isRecordKey, malformed, type RecordKey } from './recordKey.ts';
import { taskFilterSchema } from './taskFilterSchema.ts';

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
export const resourceSchema = z
  .string()
  .regex(/^[a-z][a-z0-9_-]{0,63}$/, 'a resource is a lower-case word such as "cities"')
  .meta({
    title: 'Resource',
    description: 'The part of a `RecordKey` before the slash, for example `cities`',
  });
export const lockableKeySchema = z
  .custom<RecordKey>(isLockable, { error: (issue) => malformed(issue.input) })
  .meta({
    title: 'LockableKey',
    description:
      'A `RecordKey`, or `<resource>/*` for the whole resource: every row of it, also rows that do not exist yet',
  });
export const lockModeSchema = z
  .enum(LOCK_MODES)
  .meta({ title: 'LockMode', description: 'The mode of a lease' });
export const lockScopeSchema = z
  .enum(LOCK_SCOPES)
  .meta({ title: 'LockScope', description: 'The reach of a lock on a record' });
export const onConflictSchema = z
  .enum(ON_CONFLICT)
  .meta({ title: 'OnConflict', description: 'The answer to a request of which some records are blocked' });
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

export const labelSchema = z
  .string()
  .max(120)
  .transform(plainText)
  .pipe(z.string().min(1, 'a label needs at least one visible character'))
  .meta({
    title: 'Label',
    description:
      '1 to 120 characters on one line. The server removes control characters, line breaks and bidirectional controls',
  });

/** For people to read, like a label. */
export const reasonSchema = z
  .string()
  .max(300)
  .transform(plainText)
  .pipe(z.string().min(1, 'a reason needs at least one visible character'))
  .meta({
    title: 'Reason',
    description: '1 to 300 characters on one line, treated as a `Label`',
  });

export const taskIdSchema = z
  .string()
  .min(1)
  .max(64)
  .meta({ title: 'TaskId', description: '1 to 64 characters. Opaque' });

export const taskNameSchema = z.string().min(1).max(64).describe("The name of the task's definition");

export const tagSchema = z.string().max(64).transform(plainText).pipe(z.string().min(1)).meta({
  title: 'Tag',
  description:
    '1 to 64 characters on one line, by which the application finds a task. The server removes the same characters as in a `Label`',
});

/** The schemas that PROTOCOL.md lists as forms of values. */
export const valueSchemas = [
  recordKeySchema,
  resourceSchema,
  lockableKeySchema,
  leaseIdSchema,
  secretSchema,
  taskIdSchema,
  labelSchema,
  tagSchema,
  taskFilterSchema,
  reasonSchema,
];

export const leaseSecretSchema: z.ZodType<LeaseSecret, LeaseSecret> = z
  .strictObject({ leaseId: leaseIdSchema, secret: secretSchema })
  .meta({ title: 'LeaseSecret', description: "A lease's id, and the secret that proves who owns it." });
