/** The cost of a lock on a country with all of its cities, compared with a lock on one record and with one on each city. */
import { median, rounded } from '../report/statistics.ts';

/** The cities of France in GeoNames. */
export const CITIES_BELOW = 8_836;

export interface SubtreeLocks {
  /** One record, in a namespace without a hierarchy */
  one(): Promise<HeldLock>;
  /** The country with everything below it */
  subtree(): Promise<HeldLock>;
  /** Each city of the country, by its id */
  each(): Promise<HeldLock>;
  /** Whether a city can be acquired now */
  isCityFree(): Promise<boolean>;
  clearUp(): Promise<void>;
}

export interface HeldLock {
  release(): Promise<void>;
}

export interface SubtreeCost {
  citiesBelow: number;
  oneRecordMs: number;
  subtreeMs: number;
  eachCityMs: number;
}

export interface SubtreeOptions {
  locks: SubtreeLocks;
  rounds: number;
  onRound?: (done: number, of: number) => void;
  now?: () => number;
}

/** The slow lock on each city runs in one of this many rounds. */
const EACH_EVERY = 20;

/** @throws {Error} if the lock on the country does not cover its cities, because its time would mean nothing */
export async function subtreeCost({
  locks,
  rounds,
  onRound = () => {},
  now = () => performance.now(),
}: SubtreeOptions): Promise<SubtreeCost> {
  const country = await locks.subtree();
  if (await locks.isCityFree())
    throw new Error(
      'The lock on the country does not cover its cities, so its time means nothing. Check the hierarchy of the registry.',
    );
  await country.release();
  if (!(await locks.isCityFree()))
    throw new Error(
      'A city is still locked after the release of the country. Check that nobody else uses this Redis.',
    );

  const times = { one: [] as number[], subtree: [] as number[], each: [] as number[] };
  const time = async (what: keyof typeof times) => {
    const startedAt = now();
    const held = await locks[what]();
    times[what].push(now() - startedAt);
    await held.release();
    await locks.clearUp();
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
