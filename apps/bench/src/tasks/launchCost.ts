/** What a launch costs beside a bare `queue.add`, and beside that and the acquire of its records. */
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

const WARM_UP_SHARE = 0.2;

/** The three in turns, each round beginning with another. Nobody works on what is launched. */
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
    launch: () => rowlock.tasks.launch(task, { first: take(), count: records }, { actor: ACTOR }),
    add: () => queue.add('nothing', { input: { first: take(), count: records } }),
    acquire: () => rowlock.locks.registry.acquire({ holder: HOLDER, records: keys(take(), records) }),
  };
  const names = Object.keys(turns) as (keyof typeof turns)[];
  const times: Record<keyof typeof turns, number[]> = { launch: [], add: [], acquire: [] };
  const warmUp = Math.ceil(rounds * WARM_UP_SHARE);
  try {
    for (let round = 0; round < warmUp + rounds; round++) {
      for (let place = 0; place < names.length; place++) {
        const name = names[(round + place) % names.length]!;
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

  function take(): number {
    next += records;
    return next;
  }
}

const keys = (first: number, count: number): RecordKey[] =>
  Array.from({ length: count }, (_, i): RecordKey => `cities/${first + i}`);
