/** A task that takes some time, and reports each record. */
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
      await rest(lastsMs / records.length, undefined, { signal });
      progress.advance();
      recordDone(record);
    }
    if (fails) throw new Error('This task was to fail.');
  },
});
