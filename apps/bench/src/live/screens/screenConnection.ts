/** A screen on the live channel of Rowlock, or on a bare Socket.IO server. By WebSocket alone, as most browsers connect. */
import type { Socket as TcpSocket } from 'node:net';
import { io, type Socket } from 'socket.io-client';
import { monotonicMs } from '../monotonicMs.ts';
import { type ChangesMessage, ScreenState } from './screenState.ts';
import { pageOf, type Table } from './table.ts';

export interface ScreenConnection {
  readonly screen: number;
  readonly state: ScreenState;
  /** The last `changes` message */
  readonly last: () => ChangesMessage | undefined;
  /** Bytes of the connection so far, in both directions */
  bytes(): number;
  close(): void;
}

const CONNECT_LIMIT_MS = 30_000;

/**
 * Connects a screen. It watches its rows, unless the server is a bare one. Calls `onChange` after each message.
 * @throws {Error} if the server refuses
 */
export async function connectScreen(options: {
  url: string;
  isBare: boolean;
  screen: number;
  table: Table;
  onChange: () => void;
}): Promise<ScreenConnection> {
  const { url, isBare, screen, table, onChange } = options;
  const records = pageOf(screen, table);
  const state = new ScreenState(records);
  let last: ChangesMessage | undefined;
  const socket = io(isBare ? url : `${url}/rowlock`, {
    transports: ['websocket'],
    forceNew: true,
    reconnection: false,
    timeout: CONNECT_LIMIT_MS,
    auth: { user: `user-${screen}`, screen },
  });
  socket.on('changes', (message: ChangesMessage) => {
    state.apply(message, monotonicMs());
    last = message;
    onChange();
  });
  socket.on('progress', ({ taskId, done }: { taskId: string; done: number }) => {
    state.arrivals.push({ atMs: monotonicMs(), taskId, done });
  });
  await connected(socket);
  if (!isBare) {
    const answer = await socket.timeout(CONNECT_LIMIT_MS).emitWithAck('watch', { records });
    if (!answer.ok) throw new Error(`Screen ${screen} could not watch its rows: ${answer.error.message}`);
  }
  return {
    screen,
    state,
    last: () => last,
    bytes: () => bytesOf(socket),
    close: () => void socket.disconnect(),
  };
}

function connected(socket: Socket): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.once('connect', resolve);
    socket.once('connect_error', reject);
  });
}

/** Engine.IO's client does not document the connection below its WebSocket. */
function bytesOf(socket: Socket): number {
  const { transport } = socket.io.engine as unknown as { transport: { ws?: { _socket?: TcpSocket } } };
  const tcp = transport.ws?._socket;
  return tcp ? tcp.bytesRead + tcp.bytesWritten : 0;
}
