/**
 * Resident memory of the server for each connected screen that watches 25 records, and the CPU of its connection. The floor is
 * a bare Socket.IO connection.
 */
import { median, rounded } from '../../report/statistics.ts';
import { type LiveRun, startBareServer, startRowlockServer, withOwned } from './liveRun.ts';

export interface ConnectionMemory {
  screens: number;
  rounds: number;
  /** Medians over the rounds */
  ownKiB: number;
  bareKiB: number;
  /** CPU until a screen is connected, and its watch is answered */
  ownCpuMs: number;
  bareCpuMs: number;
  /** Of the memory */
  ratio: number;
}

const NAMESPACE = 'memory';

/** Screens that are connected before, so that the memory of the server's code and first connections does not count. */
const FIRST_SCREENS = 0.2;

/** Each measurement has a server of its own, which has connected no screen before. */
export async function connectionMemory(
  { redisUrl, table, processes, say }: LiveRun,
  { screens, rounds }: { screens: number; rounds: number },
): Promise<ConnectionMemory> {
  const measure = (isBare: boolean) =>
    withOwned(async (own) => {
      const starting = isBare
        ? startBareServer({ table })
        : startRowlockServer({ redisUrl, namespace: NAMESPACE });
      const server = await own(starting, (one) => one.stop());
      const url = await server.call('url');
      const connect = (fleet: string, count: number) =>
        own(processes.connect({ fleet, url, isBare, table, count }), (one) => one.disconnect());
      await connect('first', Math.ceil(screens * FIRST_SCREENS));
      const before = await server.call('residentBytes');
      const cpuBefore = await server.call('cpuMs');
      await connect('counted', screens);
      const cpuMs = ((await server.call('cpuMs')) - cpuBefore) / screens;
      return { cpuMs, kiB: ((await server.call('residentBytes')) - before) / screens / 1_024 };
    });
  type Measured = Awaited<ReturnType<typeof measure>>;
  const found: { own: Measured; bare: Measured }[] = [];
  for (let round = 1; round <= rounds; round++) {
    found.push({ own: await measure(false), bare: await measure(true) });
    say(`  round ${round} of ${rounds}`);
  }
  return {
    screens,
    rounds,
    ownKiB: rounded(median(found.map(({ own }) => own.kiB))),
    bareKiB: rounded(median(found.map(({ bare }) => bare.kiB))),
    ownCpuMs: rounded(median(found.map(({ own }) => own.cpuMs))),
    bareCpuMs: rounded(median(found.map(({ bare }) => bare.cpuMs))),
    ratio: rounded(median(found.map(({ own, bare }) => own.kiB / bare.kiB))),
  };
}
