/** A process with many screens without a live channel: each asks for its view again and again over HTTP. */
import { Agent, get } from 'node:http';
import type { Socket } from 'node:net';
import { monotonicMs } from '../monotonicMs.ts';
import { serveCalls } from '../remote/serveCalls.ts';
import { type ChangesMessage, ScreenState, type Shown } from '../screens/screenState.ts';
import { isConcerned, pageOf, type Table } from '../screens/table.ts';
import type { Seen } from './screens.ts';

interface Poller {
  screen: number;
  state: ScreenState;
  socket: Socket | undefined;
  stop(): void;
}

let pollers: Poller[] = [];
let concerned: Poller[] = [];
let look = () => {};
let failedPolls = 0;

/**
 * Its polls keep one connection, as those of a browser do. After a failed poll it keeps its state. While an answer is late,
 * it does not ask again.
 */
function startPoller(options: {
  url: string;
  screen: number;
  table: Table;
  everyMs: number;
  delayMs: number;
}) {
  const { url, screen, table, everyMs, delayMs } = options;
  const records = pageOf(screen, table);
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const query = new URLSearchParams(records.map((key): [string, string] => ['records', key]));
  const target = `${url}/rowlock/locks?${query}`;
  let timer: NodeJS.Timeout | undefined;
  const poller: Poller = {
    screen,
    state: new ScreenState(records),
    socket: undefined,
    stop() {
      clearTimeout(timer);
      agent.destroy();
    },
  };
  let isAsking = false;
  const poll = () => {
    timer = setTimeout(poll, everyMs);
    if (isAsking) return;
    isAsking = true;
    const request = get(
      target,
      { agent, headers: { accept: 'application/json', 'x-user': `user-${screen}` } },
      (response) => {
        let body = '';
        response.setEncoding('utf8').on('data', (text: string) => {
          body += text;
        });
        response.on('end', () => {
          isAsking = false;
          if (response.statusCode === 200)
            poller.state.apply(JSON.parse(body) as ChangesMessage, monotonicMs());
          else failedPolls++;
          look();
        });
      },
    );
    request.on('socket', (socket) => {
      poller.socket = socket;
    });
    request.on('error', () => {
      isAsking = false;
      failedPolls++;
    });
  };
  timer = setTimeout(poll, delayMs);
  return poller;
}

const calls = {
  start(options: { url: string; table: Table; everyMs: number; first: number; count: number }): void {
    const { first, count, everyMs } = options;
    failedPolls = 0;
    pollers = Array.from({ length: count }, (_, i) =>
      startPoller({ ...options, screen: first + i, delayMs: (i * everyMs) / count }),
    );
    concerned = pollers.filter(({ screen }) => isConcerned(screen, options.table));
  },
  untilShown(shown: Shown): Promise<Pick<Seen, 'timesMs'>> {
    return new Promise((resolve) => {
      look = () => {
        if (!concerned.every(({ state }) => state.shown === shown)) return;
        look = () => {};
        resolve({ timesMs: concerned.map(({ state }) => state.shownAtMs) });
      };
      look();
    });
  },
  bytes: (): number =>
    pollers.reduce((sum, { socket }) => sum + (socket ? socket.bytesRead + socket.bytesWritten : 0), 0),
  /** Returns how many polls have failed. */
  stop(): number {
    const failed = failedPolls;
    for (const poller of pollers) poller.stop();
    pollers = [];
    return failed;
  },
};
export type PollersCalls = typeof calls;
await serveCalls(calls);
