/** The schemas of answers about leases of the asking client. */
import {
  type LeaseAnswer,
  type LeaseRest,
  type LeaseStanding,
  leaseIdSchema,
  type OwnedLease,
  type OwnedWaitingLease,
  type OwnLease,
  recordKeySchema,
} from '@rowlock/protocol';
import { z } from 'zod';
import { conflictSchema, leaseViewSchema } from './viewSchemas.ts';

export const ownedLeaseSchema: z.ZodType<OwnedLease> = z
  .object({
    id: leaseIdSchema,
    secret: z.string().describe('16 to 64 of `A–Z a–z 0–9 _ -`'),
    fence: z
      .string()
      .describe(
        'The fencing token: an integer that rises with every lease of a namespace, as decimal digits',
      ),
    ttlMs: z.number().describe('How long the lease lives without a renewal, in ms'),
    recordCount: z.number().describe('How many records the lease covers'),
  })
  .meta({
    title: 'OwnedLease',
    description:
      'A lease as only its holder sees it. The secret proves ownership: renew, release and guarded writes ask for it.',
  });

export const ownedWaitingLeaseSchema: z.ZodType<OwnedWaitingLease> = z
  .object({
    id: leaseIdSchema,
    secret: z.string().describe('As of an `OwnedLease`'),
    ttlMs: z
      .number()
      .describe(
        'How long its position lasts without a renewal, in ms. The server renews it while the session is connected. ' +
          'A client over HTTP renews it itself',
      ),
    recordCount: z.number().describe('How many records it waits for'),
    position: z.number().describe('Its position in the wait list. 1 is next'),
  })
  .meta({
    title: 'OwnedWaitingLease',
    description: 'A lease that waits for its records, as only its holder sees it. It covers nothing yet.',
  });

const standing = {
  lease: ownedLeaseSchema.optional().describe('In force'),
  waiting: ownedWaitingLeaseSchema.optional().describe('Instead of `lease`: it waits for its records'),
};

export const leaseStandingSchema: z.ZodType<LeaseStanding> = z.object(standing).meta({
  title: 'LeaseStanding',
  description: 'A lease of a client that has acquired it, or waits for its records.',
});

export const leaseAnswerSchema: z.ZodType<LeaseAnswer> = z
  .object({
    ...standing,
    records: z.array(recordKeySchema).describe('The records that the lease got, or waits for'),
    conflicts: z
      .array(conflictSchema)
      .describe('With `skip`: the leases that block the other records. With `wait`: those that it waits for'),
  })
  .meta({ title: 'LeaseAnswer', description: 'The answer to a request for records.' });

export const ownLeaseSchema: z.ZodType<OwnLease> = z
  .object({
    lease: leaseViewSchema,
    isWaiting: z.boolean().describe('True while it waits for its records'),
    records: z.array(recordKeySchema).describe('The records that it covers, or waits for'),
  })
  .meta({ title: 'OwnLease', description: 'A lease of the session, in force or waiting.' });

export const leaseRestSchema: z.ZodType<LeaseRest> = z
  .object({ recordCount: z.number().describe('How many records it still covers. 0: it has ended') })
  .meta({ title: 'LeaseRest', description: 'The rest of a lease after a release.' });
