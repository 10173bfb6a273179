/**
 * How many tasks a worker completes in a second, compared with the peer and with bare BullMQ. The peer is the system that
 * an application would build otherwise. All cases and systems take turns within each round, so that a change of the
 * machine's load affects all of them.
 */
import type { Redis } from 'ioredis';
import { median, rounded } from '../report/statistics.ts';
import { bareRound, ownRound, peerRound, type Round } from './throughputRounds.ts';

export interface ThroughputCase {
  /** How long each run waits, as for the answer of a database; 0 for a run that does nothing */
  workMs: number;
  /** Runs at once in the one worker */
  concurrency: number;
  /** Tasks in each round: enough for about a second */
  jobs: number;
}

export interface Throughput extends Omit<ThroughputCase, 'jobs'> {
  tasksPerSecond: number;
  peerJobsPerSecond: number;
  bareJobsPerSecond: number;
  /** The median over the rounds of Rowlock's rate divided by the peer's in the same round */
  toPeer: number;
  /** The same for bare BullMQ */
  toBare: number;
}

const SYSTEMS = { own: ownRound, peer: peerRound, bare: bareRound };
const NAMES = Object.keys(SYSTEMS) as System[];
type System = keyof typeof SYSTEMS;
type Rates = Record<System, number[]>;

/** Each system starts with an empty Redis. The time runs from the start of its worker to the last end. */
export async function throughput({
  redis,
  redisUrl,
  cases,
  rounds,
  onRound = () => {},
}: {
  redis: Redis;
  redisUrl: string;
  cases: readonly ThroughputCase[];
  rounds: number;
  onRound?: (done: number, of: number) => void;
}): Promise<Throughput[]> {
  const all = cases.map((one) => ({ ...one, rates: { own: [], peer: [], bare: [] } as Rates }));
  // Round 0 warms up.
  for (let round = 0; round <= rounds; round++) {
    for (const { workMs, concurrency, jobs, rates } of all) {
      const options: Round = { redis, redisUrl, concurrency, jobs, workMs };
      for (let turn = 0; turn < NAMES.length; turn++) {
        const name = NAMES[(round + turn) % NAMES.length]!;
        await redis.flushall();
        const ms = await SYSTEMS[name](options);
        if (round > 0) rates[name].push((jobs / ms) * 1_000);
      }
    }
    onRound(round, rounds);
  }
  return all.map(({ workMs, concurrency, rates }) => summary({ workMs, concurrency }, rates));
}

export function summary(
  of: Pick<Throughput, 'workMs' | 'concurrency'>,
  { own, peer, bare }: Rates,
): Throughput {
  const ratioTo = (others: readonly number[]) => rounded(median(own.map((rate, i) => rate / others[i]!)));
  return {
    ...of,
    tasksPerSecond: rounded(median(own)),
    peerJobsPerSecond: rounded(median(peer)),
    bareJobsPerSecond: rounded(median(bare)),
    toPeer: ratioTo(peer),
    toBare: ratioTo(bare),
  };
}
