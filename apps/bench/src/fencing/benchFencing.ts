/** What fencing in the database costs: rows a second by each pattern, beside the same change without a fence. */
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
  /** Its median time over that of the same change without a fence: 1 costs nothing */
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

/** A lease writes many batches; a new one comes now and then, under a later fence. */
function countLeases(): () => Batch['lease'] {
  let batches = 0;
  return () => {
    const fence = String(FIRST_FENCE + Math.floor(batches++ / BATCHES_A_LEASE));
    return { id: fence, fence };
  };
}

/** Every round changes one batch by every pattern, and begins with another one, so that none profits from its place. */
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
    for (let place = 0; place < patterns.length; place++) {
      const pattern = patterns[(round + place) % patterns.length]!;
      const start = (batches++ * batchSize) % rowCount;
      const ids = Array.from({ length: batchSize }, (_, i) => ((start + i) % rowCount) + 1);
      const lease = nextLease();
      const startedAt = performance.now();
      await pattern.run({ db, ids, shape, lease });
      if (round >= warmUpRounds) timesMs.get(pattern)!.push(performance.now() - startedAt);
    }
  }
  const bare = median(timesMs.get(patterns[0]!)!);
  return [...timesMs].map(([pattern, times]) => ({
    database: name,
    shape,
    pattern: pattern.name,
    rowsPerSecond: rounded((batchSize / median(times)) * 1_000),
    ratio: rounded(median(times) / bare),
  }));
}
