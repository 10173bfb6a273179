/** What it costs a run to tell of each unit of its work. */
import { defineTask } from '@rowlock/server';
import { z } from 'zod';
import { median, rounded } from '../report/statistics.ts';
import { ACTOR, openTasks } from './openTasks.ts';

export interface ProgressCost {
  units: number;
  silentMs: number;
  tellingMs: number;
}

const UNIT_MS = 0.01;
/** So often a run gives way to its timers, as work in batches does. */
const BATCH = 1_000;

/** The same task with and without `ctx.progress.advance()` after each unit of 10 µs, in turns, by a real worker. */
export async function progressCost({
  redisUrl,
  rounds,
  units,
}: {
  redisUrl: string;
  rounds: number;
  units: number;
}): Promise<ProgressCost> {
  const times = { silent: [] as number[], telling: [] as number[] };
  let ended = () => {};
  const task = defineTask({
    name: 'units',
    input: z.object({ isTelling: z.boolean(), isCounted: z.boolean() }),
    records: () => ['cities/1'],
    async run(ctx, { isTelling, isCounted }) {
      ctx.progress.total(units);
      const startedAt = performance.now();
      for (let unit = 1; unit <= units; unit++) {
        const untilMs = performance.now() + UNIT_MS;
        while (performance.now() < untilMs);
        if (isTelling) ctx.progress.advance();
        if (unit % BATCH === 0) await new Promise(setImmediate);
      }
      if (isCounted) times[isTelling ? 'telling' : 'silent'].push(performance.now() - startedAt);
      ended();
    },
  });
  const rowlock = await openTasks(redisUrl, 'progress', [task]);
  try {
    await rowlock.startWorker();
    for (let round = 0; round <= rounds; round++) {
      const both = [true, false];
      for (const isTelling of round % 2 === 0 ? both : both.reverse()) {
        const isOver = new Promise<void>((resolve) => {
          ended = resolve;
        });
        await launch(isTelling, round > 0);
        await isOver;
      }
    }
  } finally {
    await rowlock.close();
  }
  return {
    units,
    silentMs: rounded(median(times.silent)),
    tellingMs: rounded(median(times.telling)),
  };

  /** The record of the last one may be let go a moment after its run is over: then it stands in line. */
  function launch(isTelling: boolean, isCounted: boolean): Promise<unknown> {
    return rowlock.tasks.launch(task, { isTelling, isCounted }, { actor: ACTOR, onConflict: 'wait' });
  }
}
