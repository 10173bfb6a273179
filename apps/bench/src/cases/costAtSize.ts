import type { OpenLockSystem } from '../systems/lockSystem.ts';

export type Verb = 'acquire' | 'renew' | 'transfer' | 'release' | 'sweep';

/** The times of one system at one size: one value for each round that counts. */
export interface Samples {
  verb: Verb;
  records: number;
  system: string;
  timesMs: number[];
}

export interface Entrant {
  name: string;
  system: OpenLockSystem;
  /** Rounds that count. Slow systems run fewer, spread evenly over the rounds of the others. */
  rounds: number;
}

export interface CostOptions {
  entrants: readonly Entrant[];
  ids: readonly string[];
  onRound?: (done: number, of: number) => void;
  now?: () => number;
}

/** Rounds before the first that counts, which warm up connections, script caches and the JIT. */
const WARM_UP_FRACTION = 0.2;

/**
 * The cost of a lock on all of the ids. The systems take turns: in each round, each of them acquires, renews, transfers
 * and releases the same records once. Each round begins with another system, so that neither the order nor a quiet moment
 * of the machine favours any of them.
 */
export async function costAtSize({
  entrants,
  ids,
  onRound = () => {},
  now = () => performance.now(),
}: CostOptions): Promise<Samples[]> {
  const samples: Samples[] = [];
  const warmUps = entrants.map((one) => ({ ...one, rounds: Math.ceil(one.rounds * WARM_UP_FRACTION) }));
  const rounds = Math.max(0, ...entrants.map((one) => one.rounds));
  for (const one of turns(warmUps)) await turn(one, () => {});
  for (const one of turns(entrants, (done) => onRound(done, rounds))) {
    await turn(one, (verb, timeMs) => getSamples(samples, verb, ids.length, one.name).timesMs.push(timeMs));
  }
  return samples;

  async function turn({ system }: Entrant, count: (verb: Verb, timeMs: number) => void): Promise<void> {
    const time = async <T>(verb: Verb, work: () => Promise<T>): Promise<T> => {
      const startedAt = now();
      const result = await work();
      count(verb, now() - startedAt);
      return result;
    };
    const held = await time('acquire', () => system.acquire(ids));
    if (held.renew) await time('renew', () => held.renew!());
    if (held.transfer) await time('transfer', () => held.transfer!());
    await time('release', () => held.release());
    if (system.clearUp) await time('sweep', () => system.clearUp!());
  }
}

/** The systems in the order of their turns, round by round. */
function* turns(
  entrants: readonly Entrant[],
  onRound: (done: number) => void = () => {},
): Generator<Entrant> {
  const rounds = Math.max(0, ...entrants.map((one) => one.rounds));
  for (let round = 0; round < rounds; round++) {
    for (let turn = 0; turn < entrants.length; turn++) {
      const one = entrants[(round + turn) % entrants.length]!;
      if (takesPart(one.rounds, round, rounds)) yield one;
    }
    onRound(round + 1);
  }
}

/** Whether a system with `own` rounds takes part in this one of `all` rounds. Its rounds are at even distances. */
const takesPart = (own: number, round: number, all: number): boolean =>
  Math.floor(((round + 1) * own) / all) > Math.floor((round * own) / all);

function getSamples(all: Samples[], verb: Verb, records: number, system: string): Samples {
  const found = all.find((one) => one.verb === verb && one.system === system);
  if (found) return found;
  const created: Samples = { verb, records, system, timesMs: [] };
  all.push(created);
  return created;
}
