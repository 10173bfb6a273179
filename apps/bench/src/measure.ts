import type { LockSystem } from './systems/lockSystem.ts';

export type CaseName = 'acquire' | 'renew' | 'release' | 'sweep';

/** The times of one system at one size, a value a round. */
export interface Samples {
  name: CaseName;
  size: number;
  system: string;
  timesMs: number[];
}

export interface MeasureOptions {
  systems: readonly LockSystem[];
  size: number;
  rounds: number;
  /** Rounds before the first that counts: connections, script caches and the JIT are then warm. */
  warmUpRounds: number;
  onRound?: (done: number, of: number) => void;
  now?: () => number;
}

/**
 * Interleaves the systems: each round, every system takes, renews and frees the same records once, and every round
 * begins with another system, so that none profits from its place or from a quiet moment of the machine.
 */
export async function measure({
  systems,
  size,
  rounds,
  warmUpRounds,
  onRound = () => {},
  now = () => performance.now(),
}: MeasureOptions): Promise<Samples[]> {
  const ids = Array.from({ length: size }, (_, i) => String(2_000_000 + i));
  const samples: Samples[] = [];
  const time = async <T>(
    name: CaseName,
    system: LockSystem,
    counts: boolean,
    work: () => Promise<T>,
  ): Promise<T> => {
    const startedAt = now();
    const result = await work();
    const timeMs = now() - startedAt;
    if (counts) samplesOf(samples, name, size, system.name).timesMs.push(timeMs);
    return result;
  };

  for (let round = 0; round < warmUpRounds + rounds; round++) {
    const counts = round >= warmUpRounds;
    for (let place = 0; place < systems.length; place++) {
      const system = systems[(round + place) % systems.length] as LockSystem;
      const held = await time('acquire', system, counts, () => system.acquire(ids));
      await time('renew', system, counts, () => held.renew());
      await time('release', system, counts, () => held.release());
      const { clearUp } = system;
      if (clearUp) await time('sweep', system, counts, () => clearUp.call(system));
    }
    onRound(round + 1, warmUpRounds + rounds);
  }
  return samples;
}

function samplesOf(all: Samples[], name: CaseName, size: number, system: string): Samples {
  const found = all.find((one) => one.name === name && one.system === system);
  if (found) return found;
  const created: Samples = { name, size, system, timesMs: [] };
  all.push(created);
  return created;
}
