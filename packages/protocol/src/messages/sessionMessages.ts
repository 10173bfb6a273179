/** Messages about the session of a tab. */
import { z } from 'zod';

export const sessionMessages = {
  activity: z
    .strictObject({})
    .describe(
      'Somebody is active in this tab: they type, point or scroll. Send it at most every few seconds',
    ),
  endSession: z
    .strictObject({})
    .describe(
      'End this session, since its user signs out. All of its leases end, and its secret no longer proves anything. The server ' +
        'ends the connection after the answer',
    ),
} as const;
