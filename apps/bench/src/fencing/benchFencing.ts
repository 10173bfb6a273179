/** The cost of fencing in the database: rows a second with each pattern, and without a fence. */
import { median, rounded } from '../report/statistics.ts';
import { type BenchDatabase, FIRST_FENCE, fill, openPostgres, openSqlite } from './databases.ts';
import { type Batch, patterns, SHAPES, type Shape } from './patterns.ts';

export interface FencingPlan {
  /** Rows in the table */
  rowCount: number;
  /** Rows a transaction */
  batchSize: number;
  rounds: number;
  databases: readonly BenchDatabase['name'][];
}

export const FENCING_PLAN: FencingPlan = {
  rowCount: 100_000,
  batchSize: 1_000,
  rounds: 60,
  databases: ['SQLite', 'PostgreSQL'],
};

export interface FencingResult {
  database: BenchDatabase['name'];
  shape: Shape;
  pattern: string;
  rowsPerSecond: number;
  /** Its median time divided by that of the same change without a fence. 1: the fence costs nothing */
  ratio: number;
}

const OPEN = { SQLite: openSqlite, PostgreSQL: openPostgres };

export async function benchFencing(plan: FencingPlan, say: (line: string) => void): Promise<FencingResult[]> {
  const results: FencingResult[] = [];
  for (const name of plan.databases) {
    const database = await OPEN[name]();
    try {
      await fill(database.db, plan.rowCount);
      const nextLease = countLeases();
      for (const shape of SHAPES) {
        say(`${name}, ${shape}: ${plan.rounds} rounds`);
        results.push(...(await measure(database, shape, plan, nextLease)));
      }
    } finally {
      await database.close();
    }
  }
  return results;
}

const BATCHES_A_LEASE = 50;

/** Each lease writes many batches. Then a new lease with a higher fence follows. */
function countLeases(): () => Batch['lease'] {
  let batches = 0;
  return () => {
    const fence = String(FIRST_FENCE + Math.floor(batches++ / BATCHES_A_LEASE));
    return { id: fence, fence };
  };
}

/** Each round changes one batch with every pattern. It begins with another pattern, so that the order favours none. */
async function measure(
  { name, db }: BenchDatabase,
  shape: Shape,
  { rowCount, batchSize, rounds }: FencingPlan,
  nextLease: () => Batch['lease'],
): Promise<FencingResult[]> {
  const timesMs = new Map(patterns.map((pattern) => [pattern, [] as number[]]));
  const warmUpRounds = Math.ceil(rounds / 5);
  let batches = 0;
  for (let round = 0; round < warmUpRounds + rounds; round++) {
    for (let turn = 0; turn < patterns.length; turn++) {
      const pattern = patterns[(round + turn) % patterns.length]!;
      const start = (batches++ * batchSize) % rowCount;
      const ids = Array.from({ length: batchSize }, (_, i) => ((start + i) % rowCount) + 1);
      const lease = nextLease();
      const startedAt = performance.now();
      await pattern.run({ db, ids, shape, lease });
      if (round >= warmUpRounds) timesMs.get(pattern)!.push(performance.now() - startedAt);
    }
  }
  const unfenced = median(timesMs.get(patterns[0]!)!);
  return [...timesMs].map(([pattern, times]) => ({
    database: name,
    shape,
    pattern: pattern.name,
    rowsPerSecond: rounded((batchSize / median(times)) * 1_000),
    ratio: rounded(median(times) / unfenced),
  }));
}
