/**
 * A WebSocket to the live channel that obeys nobody: no waiting before it connects again, no answers to pings, no reading
 * if the attack does not want to.
 */
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { connect } from 'node:net';
import { CHANNEL_NAMESPACE } from '@rowlock/protocol';

/** The server under attack. `address`: the address that the server counts the attackers under */
export interface Target {
  port: number;
  address: string;
}

export interface RawSocket {
  /** Sends packets in one write. Does nothing after the end. */
  send(...packets: readonly string[]): void;
  /** Reads what comes next, and nothing after it. */
  readOnce(): Promise<void>;
  end(): void;
}

/** The deeds of an attack so far. */
export interface Counts {
  /** Connections that the server has accepted */
  opened: number;
  /** Connections that have ended, accepted or not */
  ended: number;
  messages: number;
}

/** The field of a request's headers in which the attackers name their address. */
export const ADDRESS_HEADER = 'x-attacker';

export const signInPacket = (token: string): string => `40${CHANNEL_NAMESPACE},${JSON.stringify({ token })}`;

/** Asks for an answer. */
export const messagePacket = (name: string, payload: object): string =>
  `42${CHANNEL_NAMESPACE},1${JSON.stringify([name, payload])}`;

export function openRawSocket(
  { port, address }: Target,
  { onOpen, onEnd }: { onOpen(socket: RawSocket): void; onEnd(): void },
): void {
  const tcp = connect(port, '127.0.0.1');
  const socket: RawSocket = {
    send: (...packets) => void (tcp.writable && tcp.write(Buffer.concat(packets.map(toFrame)))),
    async readOnce() {
      await once(tcp, 'data');
      tcp.pause();
    },
    end: () => void tcp.destroy(),
  };
  tcp.setNoDelay();
  tcp.write(
    [
      'GET /socket.io/?EIO=4&transport=websocket HTTP/1.1',
      `Host: 127.0.0.1:${port}`,
      'Upgrade: websocket',
      'Connection: Upgrade',
      `Sec-WebSocket-Key: ${randomBytes(16).toString('base64')}`,
      'Sec-WebSocket-Version: 13',
      `${ADDRESS_HEADER}: ${address}`,
      '\r\n',
    ].join('\r\n'),
  );
  tcp.once('data', (data: Buffer) => {
    if (data.toString('latin1').startsWith('HTTP/1.1 101')) onOpen(socket);
  });
  // All that follows is read, and ignored.
  tcp.on('data', () => {});
  tcp.on('error', () => {});
  tcp.on('close', onEnd);
}

/** A text frame of a client. Its mask is of zeros, which leaves the text as it is. */
function toFrame(packet: string): Buffer {
  const text = Buffer.from(packet);
  const head =
    text.length < 126
      ? Buffer.from([0x81, 0x80 | text.length])
      : Buffer.from([0x81, 0x80 | 126, text.length >> 8, text.length & 0xff]);
  return Buffer.concat([head, Buffer.alloc(4), text]);
}
