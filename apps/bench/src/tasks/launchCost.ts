/** The cost of a launch, compared with a bare `queue.add` and with an acquire of the same records. */
import { defineTask, type RecordKey } from '@rowlock/server';
import { Queue } from 'bullmq';
import { z } from 'zod';
import { median, rounded } from '../report/statistics.ts';
import { HOLDER } from '../systems/rowlock.ts';
import { ACTOR, openTasks } from './openTasks.ts';

export interface LaunchCost {
  records: number;
  launchMs: number;
  addMs: number;
  acquireMs: number;
}

const WARM_UP_FRACTION = 0.2;

/** The three calls take turns, and each round begins with another. No worker runs the launched tasks. */
export async function launchCost({
  redisUrl,
  records,
  rounds,
}: {
  redisUrl: string;
  records: number;
  rounds: number;
}): Promise<LaunchCost> {
  const task = defineTask({
    name: 'nothing',
    input: z.object({ first: z.number(), count: z.number() }),
    records: ({ first, count }) => keys(first, count),
    run: () => {},
  });
  const rowlock = await openTasks(redisUrl, 'launching', [task]);
  const queue = new Queue('bare', { connection: { url: redisUrl } });
  await queue.waitUntilReady();
  let next = 0;
  const turns: Record<'launch' | 'add' | 'acquire', () => Promise<unknown>> = {
    launch: () => rowlock.tasks.launch(task, { first: nextFirst(), count: records }, { actor: ACTOR }),
    add: () => queue.add('nothing', { input: { first: nextFirst(), count: records } }),
    acquire: () => rowlock.locks.registry.acquire({ holder: HOLDER, records: keys(nextFirst(), records) }),
  };
  const names = Object.keys(turns) as (keyof typeof turns)[];
  const times: Record<keyof typeof turns, number[]> = { launch: [], add: [], acquire: [] };
  const warmUp = Math.ceil(rounds * WARM_UP_FRACTION);
  try {
    for (let round = 0; round < warmUp + rounds; round++) {
      for (let turn = 0; turn < names.length; turn++) {
        const name = names[(round + turn) % names.length]!;
        const startedAt = performance.now();
        await turns[name]();
        if (round >= warmUp) times[name].push(performance.now() - startedAt);
      }
    }
  } finally {
    await queue.close();
    await rowlock.close();
  }
  const ms = (name: keyof typeof turns) => rounded(median(times[name]));
  return { records, launchMs: ms('launch'), addMs: ms('add'), acquireMs: ms('acquire') };

  function nextFirst(): number {
    next += records;
    return next;
  }
}

const keys = (first: number, count: number): RecordKey[] =>
  Array.from({ length: count }, (_, i): RecordKey => `cities/${first + i}`);
