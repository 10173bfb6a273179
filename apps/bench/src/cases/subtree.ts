/** What a lock on a country with all of its cities costs, beside one on a single record and one on each of the cities. */
import { median, rounded } from '../report/statistics.ts';

/** The cities of France in GeoNames. */
export const CITIES_BELOW = 8_836;

export interface SubtreeClaims {
  /** One record, in a namespace without a hierarchy */
  one(): Promise<HeldClaim>;
  /** The country with all that is below it */
  subtree(): Promise<HeldClaim>;
  /** Each of its cities by its id */
  each(): Promise<HeldClaim>;
  /** Whether one of the cities can be taken now */
  isCityFree(): Promise<boolean>;
  clearUp(): Promise<void>;
}

export interface HeldClaim {
  release(): Promise<void>;
}

export interface SubtreeCost {
  citiesBelow: number;
  oneRecordMs: number;
  subtreeMs: number;
  eachCityMs: number;
}

export interface SubtreeOptions {
  claims: SubtreeClaims;
  rounds: number;
  onRound?: (done: number, of: number) => void;
  now?: () => number;
}

/** The long claim is made in one of so many rounds. */
const EACH_EVERY = 20;

/** @throws {Error} where the lock on the country leaves its cities free: then it was quick for nothing */
export async function subtreeCost({
  claims,
  rounds,
  onRound = () => {},
  now = () => performance.now(),
}: SubtreeOptions): Promise<SubtreeCost> {
  const guarding = await claims.subtree();
  if (await claims.isCityFree()) throw new Error('The lock on the country does not cover its cities.');
  await guarding.release();
  if (!(await claims.isCityFree())) throw new Error('The cities are not free, though the country is.');

  const times = { one: [] as number[], subtree: [] as number[], each: [] as number[] };
  const time = async (what: keyof typeof times) => {
    const startedAt = now();
    const held = await claims[what]();
    times[what].push(now() - startedAt);
    await held.release();
    await claims.clearUp();
  };
  for (let round = 0; round < rounds; round++) {
    for (const what of round % 2 === 0 ? (['one', 'subtree'] as const) : (['subtree', 'one'] as const)) {
      await time(what);
    }
    if (round % EACH_EVERY === 0) await time('each');
    onRound(round + 1, rounds);
  }
  return {
    citiesBelow: CITIES_BELOW,
    oneRecordMs: rounded(median(times.one)),
    subtreeMs: rounded(median(times.subtree)),
    eachCityMs: rounded(median(times.each)),
  };
}
