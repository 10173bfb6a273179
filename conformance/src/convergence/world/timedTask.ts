/** A task that is done with its records after a third of its time: all but the last are free from then on. */
import { setTimeout as rest } from 'node:timers/promises';
import type { RecordKey } from '@rowlock/protocol';
import { defineTask } from '@rowlock/server';
import { z } from 'zod';

export const timedTask = defineTask({
  name: 'timed',
  input: z.object({ records: z.array(z.string()), lastsMs: z.number(), fails: z.boolean() }),
  records: ({ records }) => records as RecordKey[],
  async run({ records, progress, recordDone, signal }, { lastsMs, fails }) {
    progress.total(records.length);
    for (const record of records) {
      await rest(lastsMs / 3 / records.length, undefined, { signal });
      progress.advance();
      recordDone(record);
    }
    await rest((lastsMs * 2) / 3, undefined, { signal });
    if (fails) throw new Error('This task was to fail.');
  },
});
