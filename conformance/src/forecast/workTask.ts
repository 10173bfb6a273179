/** A task that works on one record after the other, at the pace of its input. Its records are the cities from 0 to `count`. */
import { setTimeout as rest } from 'node:timers/promises';
import { recordKey } from '@rowlock/protocol';
import { defineTask } from '@rowlock/server';
import { seeded } from '@rowlock/test-utils';
import { z } from 'zod';

export const workTask = defineTask({
  name: 'work',
  input: z.object({
    count: z.number(),
    /** The mean time for the first record, in ms. Each takes from half to one and a half of the mean */
    firstMs: z.number(),
    /** The mean time for the last record. The means between rise evenly */
    lastMs: z.number(),
    /** Whether each record is released when it is finished */
    isReleasing: z.boolean(),
    /** The first attempt throws an error after this number of records */
    failsAfter: z.number().optional(),
    seed: z.number(),
  }),
  retry: { attempts: 3, backoffMs: 500 },
  records: ({ count }) => Array.from({ length: count }, (_, id) => recordKey('cities', id)),
  async run({ records, progress, recordDone, signal, attempt }, input) {
    const { count, firstMs, lastMs, isReleasing, failsAfter, seed } = input;
    const random = seeded(seed + attempt);
    progress.total(records.length);
    for (const [index, record] of records.entries()) {
      if (attempt === 1 && index === failsAfter) throw new Error('This attempt was to fail.');
      const place = count - records.length + index;
      const meanMs = firstMs + ((lastMs - firstMs) * place) / count;
      await rest(meanMs * (0.5 + random.next()), undefined, { signal });
      if (isReleasing) recordDone(record);
      progress.advance();
    }
  },
});
