/** What the server parses at its edge. Kept apart from the types, so that a browser bundle carries no schema library. */
import { z } from 'zod';
import type { LeaseProof, ReleaseBeacon } from './http.ts';
import { plainText } from './plainText.ts';
import { isRecordKey, malformed, type RecordKey } from './recordKey.ts';

export const recordKeySchema = z.custom<RecordKey>(isRecordKey, { error: (issue) => malformed(issue.input) });
export const lockModeSchema = z.enum(['exclusive', 'shared']);
export const leaseIdSchema = z.string().regex(/^[0-9]{1,20}$/, 'a lease id is 1 to 20 decimal digits');
export const secretSchema = z
  .string()
  .regex(/^[A-Za-z0-9_-]{16,64}$/, 'a lease secret is 16 to 64 URL-safe characters');

export const leaseProofSchema: z.ZodType<LeaseProof, LeaseProof> = z.strictObject({
  leaseId: leaseIdSchema,
  secret: secretSchema,
});

export const releaseBeaconSchema: z.ZodType<ReleaseBeacon> = z.strictObject({
  leases: z.array(leaseProofSchema).min(1).max(50),
});

const labelSchema = z
  .string()
  .max(120)
  .transform(plainText)
  .pipe(z.string().min(1, 'a label has at least one character that can be seen'));

const taskIdSchema = z.string().min(1).max(64);

/** The records and tasks that a tab begins or ceases to watch; `'all'` means every task that the actor may see. */
const interest = z.strictObject({
  records: z.array(recordKeySchema).default([]),
  tasks: z.union([z.array(taskIdSchema).max(200), z.literal('all')]).default([]),
});

/** Browser → server over the live channel: one schema a message; the message types are inferred from them. */
export const clientMessages = {
  watch: interest,
  unwatch: interest,
  /** Take a lease for this tab: all of the records, or none. */
  acquire: z.strictObject({
    records: z.array(recordKeySchema).min(1),
    mode: lockModeSchema.default('exclusive'),
    /** For others to read; default: the actor's name */
    label: labelSchema.optional(),
  }),
  /**
   * Take one's lease back after a reload or a reconnect. The answer carries a new secret, and the old one is void. A
   * tab that names `nextSecret` itself, and keeps it before it asks, can ask again where the answer was lost.
   */
  resume: z.strictObject({
    leaseId: leaseIdSchema,
    secret: secretSchema,
    nextSecret: secretSchema.optional(),
  }),
  /** Ask when the server last renewed each of this tab's leases. */
  confirm: z.strictObject({}),
  release: leaseProofSchema,
  /** Ask a task to stop. */
  cancel: z.strictObject({ taskId: taskIdSchema }),
} as const;
