/** A process with many screens. They are in fleets, one for each server that the bench compares. */
import { serveCalls } from '../remote/serveCalls.ts';
import { connectScreen, type ScreenConnection } from '../screens/screenConnection.ts';
import type { Arrival, ChangesMessage, Shown } from '../screens/screenState.ts';
import { isConcerned, type Table } from '../screens/table.ts';

export interface FleetOptions {
  fleet: string;
  url: string;
  isBare: boolean;
  table: Table;
}

export interface Seen {
  /** When each concerned screen showed it */
  timesMs: number[];
  /** `changes` messages about records since the last `restart` */
  messages: number;
  /** Messages that named a record which their screen does not watch */
  foreign: number;
}

/** Handshakes at once: enough to keep a server busy, and few enough that none is too late. */
const AT_ONCE = 20;
const SEEN_LIMIT_MS = 60_000;

interface Fleet {
  screens: ScreenConnection[];
  concerned: ScreenConnection[];
  look: () => void;
}
const fleets = new Map<string, Fleet>();

async function connect({
  first,
  count,
  ...options
}: FleetOptions & { first: number; count: number }): Promise<void> {
  const fleet: Fleet = { screens: [], concerned: [], look: () => {} };
  fleets.set(options.fleet, fleet);
  let next = first;
  const connectInTurn = async () => {
    while (next < first + count) {
      const screen = next++;
      fleet.screens.push(await connectScreen({ ...options, screen, onChange: () => fleet.look() }));
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, connectInTurn));
  fleet.screens.sort((a, b) => a.screen - b.screen);
  fleet.concerned = fleet.screens.filter(({ screen }) => isConcerned(screen, options.table));
}

/** Resolves when all concerned screens show it. */
function untilShown({ fleet: name, shown }: { fleet: string; shown: Shown }): Promise<Seen> {
  const { screens, concerned } = fleets.get(name)!;
  const isLate = () => concerned.filter(({ state }) => state.shown !== shown);
  return new Promise((resolve, reject) => {
    let waitsFor = isLate();
    const timer = setTimeout(
      () => finish(new Error(`${waitsFor.length} screens of ${name} did not show "${shown}"`)),
      SEEN_LIMIT_MS,
    );
    const finish = (error?: Error) => {
      clearTimeout(timer);
      fleets.get(name)!.look = () => {};
      if (error) return reject(error);
      const states = screens.map(({ state }) => state);
      resolve({
        timesMs: concerned.map(({ state }) => state.shownAtMs),
        messages: states.reduce((sum, { changes }) => sum + changes, 0),
        foreign: states.reduce((sum, { foreign }) => sum + foreign, 0),
      });
    };
    // Looks at the last of the late screens first, so that most looks cost nothing.
    const look = () => {
      while (waitsFor.at(-1)?.state.shown === shown) waitsFor.pop();
      if (waitsFor.length > 0) return;
      waitsFor = isLate();
      if (waitsFor.length === 0) finish();
    };
    fleets.get(name)!.look = look;
    look();
  });
}

const calls = {
  connect,
  untilShown,
  restart(fleet: string): void {
    for (const { state } of fleets.get(fleet)!.screens) state.restart();
  },
  /** The last message of the first concerned screen. */
  sample: (fleet: string): ChangesMessage | null => fleets.get(fleet)!.concerned[0]?.last() ?? null,
  /** The progress that each screen has received since `restart`, of the screens that received any. */
  arrivals: (fleet: string): Arrival[][] =>
    fleets
      .get(fleet)!
      .screens.map(({ state }) => state.arrivals)
      .filter(({ length }) => length > 0),
  bytes: (fleet: string): number =>
    fleets.get(fleet)!.screens.reduce((sum, screen) => sum + screen.bytes(), 0),
  disconnect(fleet: string): void {
    for (const screen of fleets.get(fleet)?.screens ?? []) screen.close();
    fleets.delete(fleet);
  },
};
export type ScreensCalls = typeof calls;
await serveCalls(calls);
