/** A convergence run as a list of steps, made of its seed alone. Pure. */
import type { LockMode, OnConflict, RecordKey } from '@rowlock/protocol';
import { type AppendOnly, type Random, seeded } from '@rowlock/test-utils';

/** Ordinary work of a tab or of the application. */
export type Work =
  | { do: 'acquire'; tab: number; records: RecordKey[]; mode: LockMode; onConflict: OnConflict }
  /** Adds records to the oldest lease of the tab */
  | { do: 'extend'; tab: number; records: RecordKey[] }
  /** Releases one record of that lease */
  | { do: 'releaseOne'; tab: number }
  | { do: 'takeOver'; tab: number; records: RecordKey[] }
  | { do: 'release'; tab: number }
  | { do: 'change'; records: RecordKey[] }
  | { do: 'launch'; records: RecordKey[]; lastsMs: number; fails: boolean }
  | { do: 'cancel'; tab: number }
  | { do: 'rest'; forMs: number };

export type Fault =
  /** The connection ends, and comes back, perhaps to the other gateway */
  | { fault: 'drop'; tab: number; forMs: number; gateway: number }
  /** Nothing arrives, and the connection does not end */
  | { fault: 'cutSilently'; tab: number; direction: 'toServer' | 'toClient' | 'both'; forMs: number }
  /** The tab reads late */
  | { fault: 'readSlowly'; tab: number; lateMs: number; forMs: number }
  | { fault: 'reload'; tab: number }
  | { fault: 'duplicate'; tab: number }
  | { fault: 'killGateway'; gateway: number }
  | { fault: 'freezeGateway'; gateway: number; forMs: number }
  /** Entries of the change log go before a gateway has read them */
  | { fault: 'trimLog'; gateway: number; forMs: number }
  | { fault: 'restartRedis'; signal: 'SIGKILL' | 'SIGTERM' }
  | { fault: 'freezeRedis'; forMs: number };

export interface Episode {
  before: Work[];
  fault: Fault;
  during: Work[];
}

export interface Plan {
  seed: number;
  tabs: number;
  appendonly: AppendOnly;
  episodes: Episode[];
}

export interface PlanSize {
  tabs: number;
  episodes: number;
}

export const GATEWAYS = 2;
export const RECORDS: readonly RecordKey[] = Array.from({ length: 24 }, (_, i) => `cities/${i + 1}` as const);

export function createPlan(seed: number, { tabs, episodes }: PlanSize): Plan {
  const random = seeded(seed);
  // Redis keeps everything, the last second is lost, or everything is lost.
  const appendonly = random.pick(['always', 'everysec', 'no'] as const);
  const isLossy = appendonly !== 'always';
  const works = (least: number, most: number) =>
    Array.from({ length: random.between(least, most) }, () => pickWork(random, tabs));
  return {
    seed,
    tabs,
    appendonly,
    episodes: Array.from({ length: episodes }, (_, i) => ({
      before: works(5, 12),
      // Each run with a Redis that forgets shows it.
      fault: i === 1 && isLossy ? { fault: 'restartRedis', signal: 'SIGKILL' } : pickFault(random, tabs),
      during: works(8, 20),
    })),
  };
}

function pickWork(random: Random, tabs: number): Work {
  const tab = random.between(0, tabs - 1);
  const records = pickRecords(random);
  const dice = random.next();
  if (dice < 0.3) {
    const mode = random.chance(0.2) ? 'shared' : 'exclusive';
    const onConflict = random.pick<OnConflict>(['refuse', 'skip', 'wait']);
    return { do: 'acquire', tab, records, mode, onConflict };
  }
  if (dice < 0.34) return { do: 'extend', tab, records };
  if (dice < 0.38) return { do: 'releaseOne', tab };
  if (dice < 0.42) return { do: 'takeOver', tab, records };
  if (dice < 0.6) return { do: 'release', tab };
  if (dice < 0.72) return { do: 'change', records };
  if (dice < 0.84) {
    // A long one outlasts the time in which views have to converge, while most of its records are free.
    const lastsMs = random.chance(0.3) ? random.between(4_000, 6_000) : random.between(20, 500);
    return { do: 'launch', records, lastsMs, fails: random.chance(0.2) };
  }
  if (dice < 0.88) return { do: 'cancel', tab };
  return { do: 'rest', forMs: random.between(5, 60) };
}

function pickFault(random: Random, tabs: number): Fault {
  const tab = random.between(0, tabs - 1);
  const gateway = random.between(0, GATEWAYS - 1);
  const forMs = random.between(200, 1_500);
  const direction = random.pick(['toServer', 'toClient', 'both'] as const);
  const signal = random.pick(['SIGKILL', 'SIGTERM'] as const);
  return random.pick<Fault>([
    { fault: 'drop', tab, forMs, gateway },
    { fault: 'cutSilently', tab, direction, forMs },
    { fault: 'readSlowly', tab, lateMs: random.between(200, 1_000), forMs },
    { fault: 'reload', tab },
    { fault: 'duplicate', tab },
    { fault: 'killGateway', gateway },
    { fault: 'freezeGateway', gateway, forMs },
    { fault: 'trimLog', gateway, forMs },
    { fault: 'trimLog', gateway, forMs },
    { fault: 'restartRedis', signal },
    { fault: 'freezeRedis', forMs: random.pick([1_000, 4_000]) },
  ]);
}

const pickRecords = (random: Random): RecordKey[] => [
  ...new Set(Array.from({ length: random.between(1, 4) }, () => random.pick(RECORDS))),
];

/** The steps of an episode, for people: what was done before and during its fault. */
export const episodeInWords = ({ before, fault, during }: Episode): string =>
  [...before.map(asLine), `── ${asLine(fault)}, and meanwhile`, ...during.map(asLine)].join('\n');

const asLine = (step: Work | Fault): string =>
  Object.entries(step)
    .map(([name, value]) => (name === 'do' || name === 'fault' ? value : `${name} ${value}`))
    .join(' ');
