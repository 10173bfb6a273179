/** Connections that ask for a WebSocket, as a proxy without support for upgrades treats them. */
import type { Socket } from 'node:net';

/** `refuse` answers as HTTP does. `ignore` never answers. */
export type UpgradeRefusal = 'refuse' | 'ignore';

/** Browsers and Node open a connection of its own for each WebSocket, so the first request decides. */
export const looksLikeUpgrade = (firstBytes: Buffer): boolean =>
  /^upgrade:\s*websocket/im.test(firstBytes.toString('latin1'));

export function withholdUpgrade(client: Socket, manner: UpgradeRefusal): void {
  client.on('end', () => client.end());
  client.resume();
  if (manner === 'refuse') {
    client.end('HTTP/1.1 426 Upgrade Required\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
  }
}

/** Calls `use` when something has arrived, and leaves it to be read. */
export function onFirstBytes(client: Socket, use: (firstBytes: Buffer) => void): void {
  client.on('error', () => {});
  client.once('readable', () => {
    const first = client.read() as Buffer | null;
    if (first === null) return client.destroy();
    client.unshift(first);
    use(first);
  });
}
