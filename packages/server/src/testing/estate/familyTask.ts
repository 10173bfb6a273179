/** A parent of these tests: launches a task of rows for each of its children, one after the other, and waits for none. */
import { setTimeout as pause } from 'node:timers/promises';
import { recordKey } from '@rowlock/protocol';
import { z } from 'zod';
import { defineTask } from '../../tasks/definition/defineTask.ts';
import { type createRowsTask, rowsInput } from './rowsTask.ts';

export const familyInput = z.object({
  children: z.array(rowsInput),
  /** How many children the first attempt launches before it stops, for as long as it takes */
  holdAfter: z.number().optional(),
});

export const createFamilyTask = (rows: ReturnType<typeof createRowsTask>, say: (line: string) => void) =>
  defineTask({
    name: 'family',
    input: familyInput,
    records: ({ children }) => children.flatMap(({ ids }) => ids.map((id) => recordKey('cities', id))),
    retry: { attempts: 3, backoffMs: 500 },
    async run(ctx, { children, holdAfter }) {
      say(`parent began attempt ${ctx.attempt}`);
      for (const [index, child] of children.entries()) {
        if (ctx.attempt === 1 && index === holdAfter) {
          say(`parent held after ${index}`);
          await pause(600_000, undefined, { signal: ctx.signal });
        }
        const { id } = await ctx.launch(rows, child);
        say(`parent has child ${index + 1} in attempt ${ctx.attempt}: ${id}`);
      }
      return { children: children.length };
    },
  });
