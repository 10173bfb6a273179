/** The schemas of queries that only the routes have. */
import { leaseIdSchema, recordKeySchema, resourceSchema } from '@rowlock/protocol';
import { z } from 'zod';

/** The most records of one question: they are in the address, which servers limit to some KiB. */
const MOST_RECORDS = 200;

export const locksQuerySchema = z.strictObject({
  // An id may contain a comma, so a list is a repeated field here.
  records: z
    .union([recordKeySchema, z.array(recordKeySchema)])
    .transform((given) => [given].flat())
    .pipe(z.array(recordKeySchema).min(1).max(MOST_RECORDS))
    .describe('The records. Repeat the field for each'),
});

export const leasesQuerySchema = z.strictObject({
  resource: resourceSchema.describe('The resource, for example `cities`'),
  limit: z.coerce
    .number()
    .int()
    .min(1)
    .max(1_000)
    .optional()
    .describe('The most leases of one answer. Default 100'),
  after: leaseIdSchema.optional().describe('The `next` of the answer before, to continue the list'),
});
