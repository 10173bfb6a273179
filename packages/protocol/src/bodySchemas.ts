/** The schemas of HTTP bodies. */
import { z } from 'zod';
import type { ReleaseBeacon } from './http.ts';
import { leaseSecretSchema } from './valueSchemas.ts';

export const releaseBeaconSchema: z.ZodType<ReleaseBeacon> = z.strictObject({
  leases: z.array(leaseSecretSchema).min(1).max(50),
});

/** Body of `POST <router>/tasks/:id/retry`. */
export const retryBodySchema = z.strictObject({
  onlyFailed: z.boolean().optional().describe('Only the records that failed in the task. Default false'),
});
