/** The live channel below Socket.IO, frame by frame, to send messages that no correct client would send. */
import type { Page } from '@playwright/test';

export interface RawChannel {
  send(frame: string): void;
  /** Resolves to the code with which the connection closed. */
  closed: Promise<number>;
}

/** Connects to the namespace by hand: Engine.IO's open packet, Socket.IO's connect packet, then hello. */
export async function openRaw(url: string, token: string): Promise<RawChannel> {
  const socket = new WebSocket(`${url.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket`);
  const closed = new Promise<number>((resolve) => {
    socket.addEventListener('close', ({ code }) => resolve(code));
  });
  await new Promise<void>((resolve, reject) => {
    socket.addEventListener('error', () =>
      reject(new Error(`Could not open a WebSocket to ${url}. Check that the demo runs.`)),
    );
    socket.addEventListener('message', ({ data }) => {
      const frame = String(data);
      if (frame.startsWith('0{')) socket.send(`40/rowlock,${JSON.stringify({ token })}`);
      else if (frame.startsWith('42/rowlock,["hello"')) resolve();
      else if (frame.startsWith('44/rowlock,')) reject(new Error(frame));
    });
  });
  return { send: (frame) => socket.send(frame), closed };
}

/** Sends a message with many cities from within a page, over a new socket. Resolves to the acknowledgement. */
export function askForManyFromPage(
  page: Page,
  message: { name: string; token: string; count: number },
): Promise<{ ok: boolean; error?: { code: string; message: string } }> {
  return page.evaluate(
    ({ name, token, count }) =>
      new Promise((resolve, reject) => {
        const address = new URL('/socket.io/?EIO=4&transport=websocket', window.location.href);
        address.protocol = 'ws:';
        const socket = new WebSocket(address);
        socket.onclose = ({ code }) => reject(new Error(`closed with ${code}`));
        socket.onmessage = ({ data }) => {
          const frame = String(data);
          if (frame.startsWith('0{')) socket.send(`40/rowlock,${JSON.stringify({ token })}`);
          else if (frame.startsWith('42/rowlock,["hello"')) {
            const records = Array.from({ length: count }, (_, index) => `cities/${index + 1}`);
            socket.send(`42/rowlock,7${JSON.stringify([name, { records }])}`);
          } else if (frame.startsWith('43/rowlock,7')) {
            resolve(JSON.parse(frame.slice('43/rowlock,7'.length))[0]);
            socket.onclose = null;
            socket.close();
          }
        };
      }),
    message,
  );
}
