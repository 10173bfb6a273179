/** The task of these tests: writes its rows one by one into the ledger, and says on stdout how far it has come. */
import { setTimeout as pause } from 'node:timers/promises';
import { idOf, recordKey } from '@rowlock/protocol';
import { z } from 'zod';
import { defineTask } from '../../tasks/definition/defineTask.ts';
import type { Ledger } from './ledger.ts';

export const rowsInput = z.object({
  ids: z.array(z.number()),
  /** Between two rows, in ms */
  paceMs: z.number().default(0),
  /** Where the first attempt stops, for as long as it takes: before its first word, or between its last write and its end */
  holdAt: z.enum(['start', 'end']).optional(),
  /** The first attempts that throw */
  failures: z.number().default(0),
  /** Each attempt ends its whole process after so many rows, as if memory had run out */
  killsAfter: z.number().optional(),
});

export const createRowsTask = (ledger: Ledger, say: (line: string) => void) =>
  defineTask({
    name: 'rows',
    label: ({ ids }) => `Rows · ${ids.length}`,
    input: rowsInput,
    records: ({ ids }) => ids.map((id) => recordKey('cities', id)),
    retry: { attempts: 3, backoffMs: 500 },
    async run(ctx, { paceMs, holdAt, failures, killsAfter }) {
      const hold = async (at: typeof holdAt) => {
        if (holdAt !== at || ctx.attempt > 1) return;
        say(`held at ${at}`);
        await pause(600_000, undefined, { signal: ctx.signal }).catch(() => ctx.signal.throwIfAborted());
      };
      say(`began attempt ${ctx.attempt}`);
      await hold('start');
      if (ctx.attempt <= failures) throw new Error(`Attempt ${ctx.attempt} fails on purpose.`);
      ctx.progress.total(ctx.records.length);
      for (const [index, record] of ctx.records.entries()) {
        if (index === killsAfter) process.kill(process.pid, 'SIGKILL');
        ctx.signal.throwIfAborted();
        if (paceMs > 0) await pause(paceMs);
        const isWritten = ledger.write(Number(idOf(record)), ctx.fence, ctx.attempt);
        say(`${isWritten ? 'wrote' : 'fenced off from'} ${record} in attempt ${ctx.attempt}`);
        ctx.progress.advance();
      }
      await hold('end');
      return { written: ctx.records.length };
    },
  });
