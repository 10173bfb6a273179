/** The screens of one server, spread over several processes. */

import type { FleetOptions, ScreensCalls, Seen } from '../processes/screens.ts';
import { type Remote, startRemote } from '../remote/remote.ts';
import type { Arrival, ChangesMessage, Shown } from '../screens/screenState.ts';

export interface ScreenProcesses {
  /** Connects `count` screens to a server, and lets them watch their rows. */
  connect(options: FleetOptions & { count: number }): Promise<ScreenFleet>;
  stop(): Promise<void>;
}

export interface ScreenFleet {
  /** Resolves when all concerned screens show it. */
  untilShown(shown: Shown): Promise<Seen>;
  /** Counts messages and progress from now on. */
  restart(): Promise<void>;
  /** The last message of the first concerned screen. */
  sample(): Promise<ChangesMessage>;
  /** The progress that each screen has received since `restart`, of the screens that received any. */
  arrivals(): Promise<Arrival[][]>;
  /** Bytes of all connections so far, in both directions. */
  bytes(): Promise<number>;
  disconnect(): Promise<void>;
}

export async function startScreenProcesses(processes: number): Promise<ScreenProcesses> {
  const module = new URL('../processes/screens.ts', import.meta.url);
  const remotes = await Promise.all(
    Array.from({ length: processes }, () => startRemote<ScreensCalls>(module)),
  );
  return {
    async connect({ count, ...options }) {
      await Promise.all(
        shares(count, remotes.length).map((share, i) =>
          remotes[i]!.call('connect', { ...options, ...share }),
        ),
      );
      return fleetOf(options.fleet, remotes);
    },
    async stop() {
      await Promise.all(remotes.map((remote) => remote.stop()));
    },
  };
}

function fleetOf(fleet: string, remotes: readonly Remote<ScreensCalls>[]): ScreenFleet {
  const all = <T>(ask: (remote: Remote<ScreensCalls>) => Promise<T>) => Promise.all(remotes.map(ask));
  return {
    untilShown: async (shown) => sumSeen(await all((one) => one.call('untilShown', { fleet, shown }))),
    async restart() {
      await all((one) => one.call('restart', fleet));
    },
    async sample() {
      const found = await remotes[0]!.call('sample', fleet);
      if (!found) throw new Error('No screen has received a message. Lock its rows first.');
      return found;
    },
    arrivals: async () => (await all((one) => one.call('arrivals', fleet))).flat(),
    bytes: async () => (await all((one) => one.call('bytes', fleet))).reduce((sum, own) => sum + own, 0),
    async disconnect() {
      await all((one) => one.call('disconnect', fleet));
    },
  };
}

/** Consecutive screens for each process. */
export function shares(count: number, processes: number): { first: number; count: number }[] {
  const bounds = Array.from({ length: processes + 1 }, (_, i) => Math.round((i * count) / processes));
  return bounds.slice(1).map((until, i) => ({ first: bounds[i]!, count: until - bounds[i]! }));
}

export function sumSeen(parts: readonly Seen[]): Seen {
  return {
    timesMs: parts.flatMap(({ timesMs }) => timesMs),
    messages: parts.reduce((sum, { messages }) => sum + messages, 0),
    foreign: parts.reduce((sum, { foreign }) => sum + foreign, 0),
  };
}
