/** The cost for a run of reporting each unit of its work. */
import { defineTask } from '@rowlock/server';
import { z } from 'zod';
import { median, rounded } from '../report/statistics.ts';
import { ACTOR, openTasks } from './openTasks.ts';

export interface ProgressCost {
  units: number;
  silentMs: number;
  reportingMs: number;
}

const UNIT_MS = 0.01;
/** The run yields to its timers after this many units, as work in batches does. */
const BATCH = 1_000;

/** A real worker runs the same task with and without `ctx.progress.advance()` after each unit of 10 µs, in turns. */
export async function progressCost({
  redisUrl,
  rounds,
  units,
}: {
  redisUrl: string;
  rounds: number;
  units: number;
}): Promise<ProgressCost> {
  const times = { silent: [] as number[], reporting: [] as number[] };
  let ended = () => {};
  const task = defineTask({
    name: 'units',
    input: z.object({ isReporting: z.boolean(), isCounted: z.boolean() }),
    records: () => ['cities/1'],
    async run(ctx, { isReporting, isCounted }) {
      ctx.progress.total(units);
      const startedAt = performance.now();
      for (let unit = 1; unit <= units; unit++) {
        const untilMs = performance.now() + UNIT_MS;
        while (performance.now() < untilMs);
        if (isReporting) ctx.progress.advance();
        if (unit % BATCH === 0) await new Promise(setImmediate);
      }
      if (isCounted) times[isReporting ? 'reporting' : 'silent'].push(performance.now() - startedAt);
      ended();
    },
  });
  const rowlock = await openTasks(redisUrl, 'progress', [task]);
  try {
    await rowlock.startWorker();
    for (let round = 0; round <= rounds; round++) {
      const both = [true, false];
      for (const isReporting of round % 2 === 0 ? both : both.reverse()) {
        const isOver = new Promise<void>((resolve) => {
          ended = resolve;
        });
        await launch(isReporting, round > 0);
        await isOver;
      }
    }
  } finally {
    await rowlock.close();
  }
  return {
    units,
    silentMs: rounded(median(times.silent)),
    reportingMs: rounded(median(times.reporting)),
  };

  /** The last task may release its record a moment after its run has ended, so the next one waits for it. */
  function launch(isReporting: boolean, isCounted: boolean): Promise<unknown> {
    return rowlock.tasks.launch(task, { isReporting, isCounted }, { actor: ACTOR, onConflict: 'wait' });
  }
}
