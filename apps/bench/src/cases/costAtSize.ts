import type { OpenLockSystem } from '../systems/lockSystem.ts';

export type Verb = 'acquire' | 'renew' | 'transfer' | 'release' | 'sweep';

/** The times of one system at one size, a value a round that counted. */
export interface Samples {
  verb: Verb;
  records: number;
  system: string;
  timesMs: number[];
}

export interface Entrant {
  name: string;
  system: OpenLockSystem;
  /** Rounds that count. Slow ones run fewer, spread evenly over those of the others. */
  rounds: number;
}

export interface CostOptions {
  entrants: readonly Entrant[];
  ids: readonly string[];
  onRound?: (done: number, of: number) => void;
  now?: () => number;
}

/** Rounds before the first that counts: connections, script caches and the JIT are then warm. */
const WARM_UP_SHARE = 0.2;

/**
 * What a lock on all of the ids costs. The systems are interleaved: each round, each of them takes, renews, hands over
 * and frees the same records once, and every round begins with another system, so that none profits from its place or
 * from a quiet moment of the machine.
 */
export async function costAtSize({
  entrants,
  ids,
  onRound = () => {},
  now = () => performance.now(),
}: CostOptions): Promise<Samples[]> {
  const samples: Samples[] = [];
  const warmUps = entrants.map((one) => ({ ...one, rounds: Math.ceil(one.rounds * WARM_UP_SHARE) }));
  const rounds = Math.max(0, ...entrants.map((one) => one.rounds));
  for (const one of turns(warmUps)) await turn(one, () => {});
  for (const one of turns(entrants, (done) => onRound(done, rounds))) {
    await turn(one, (verb, timeMs) => samplesOf(samples, verb, ids.length, one.name).timesMs.push(timeMs));
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

/** Whose turn it is, round by round. */
function* turns(
  entrants: readonly Entrant[],
  onRound: (done: number) => void = () => {},
): Generator<Entrant> {
  const rounds = Math.max(0, ...entrants.map((one) => one.rounds));
  for (let round = 0; round < rounds; round++) {
    for (let place = 0; place < entrants.length; place++) {
      const one = entrants[(round + place) % entrants.length]!;
      if (takesPart(one.rounds, round, rounds)) yield one;
    }
    onRound(round + 1);
  }
}

/** Of `all` rounds, `own` are chosen at even distances. */
const takesPart = (own: number, round: number, all: number): boolean =>
  Math.floor(((round + 1) * own) / all) > Math.floor((round * own) / all);

function samplesOf(all: Samples[], verb: Verb, records: number, system: string): Samples {
  const found = all.find((one) => one.verb === verb && one.system === system);
  if (found) return found;
  const created: Samples = { verb, records, system, timesMs: [] };
  all.push(created);
  return created;
}
