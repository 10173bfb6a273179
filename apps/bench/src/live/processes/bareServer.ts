/**
 * The floor: a bare Socket.IO server. It emits prepared messages to its sockets, one `socket.emit` for each. It also
 * forwards progress from a Redis stream by hand: one XREAD, one emit.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { RecordKey } from '@rowlock/server';
import { Redis } from 'ioredis';
import { Server, type Socket } from 'socket.io';
import { serveCalls } from '../remote/serveCalls.ts';
import type { ChangesMessage, Shown } from '../screens/screenState.ts';
import { isConcerned, pageOf, type Table } from '../screens/table.ts';
import { BY_HAND_STREAM } from './byHandStream.ts';
import { processCost } from './processCost.ts';

export interface BareServerSettings {
  table: Table;
  /** If given, the stream of progress is read from this Redis */
  redisUrl?: string;
}

const { table, redisUrl } = JSON.parse(process.argv[2]!) as BareServerSettings;
const sockets = new Map<number, Socket>();
const prepared = new Map<Shown, [Socket, ChangesMessage][]>();

const http = createServer();
const server = new Server(http, { serveClient: false });
server.on('connection', (socket) => {
  const screen = Number(socket.handshake.auth.screen);
  sockets.set(screen, socket);
  socket.on('disconnect', () => sockets.delete(screen));
});
await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
if (redisUrl) void forwardProgress(new Redis(redisUrl));

async function forwardProgress(redis: Redis): Promise<never> {
  let position = '$';
  for (;;) {
    const found = await redis.xread('BLOCK', 0, 'STREAMS', BY_HAND_STREAM, position);
    const entries = (found as [string, [string, string[]][]][] | null)?.[0]?.[1] ?? [];
    for (const [id, fields] of entries) {
      position = id;
      const [, screen, , taskId, , done] = fields;
      sockets.get(Number(screen))?.emit('progress', { taskId, done: Number(done) });
    }
  }
}

/** Messages of the same size as Rowlock's, each about the rows of its own screen. */
function prepare(shown: Shown, sample: ChangesMessage): void {
  const leaseIds = Object.values(sample.records)[0]!;
  const messages = [...sockets]
    .filter(([screen]) => isConcerned(screen, table))
    .map(([screen, socket]): [Socket, ChangesMessage] => {
      const records = Object.fromEntries(pageOf(screen, table).map((key) => [key, [...leaseIds]]));
      return [socket, { ...sample, records: records as Record<RecordKey, string[]> }];
    });
  prepared.set(shown, messages);
}

const calls = {
  url: () => `http://127.0.0.1:${(http.address() as AddressInfo).port}`,
  prepare({ locked, free }: Record<Shown, ChangesMessage>): void {
    prepare('locked', locked);
    prepare('free', free);
  },
  emit(shown: Shown): void {
    for (const [socket, message] of prepared.get(shown) ?? []) socket.emit('changes', message);
  },
  ...processCost,
};
export type BareServerCalls = typeof calls;
await serveCalls(calls);
