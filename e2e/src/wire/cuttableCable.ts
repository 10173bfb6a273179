/** A proxy between a browser and the demo. A cut ends all connections and refuses new ones. */
import { connect, createServer, type Socket } from 'node:net';
import { freePort } from '@rowlock/test-utils';

export interface Cable {
  /** The demo's address through the cable */
  url: string;
  cut(): void;
  mend(): void;
  close(): Promise<void>;
}

export async function layCable(url: string): Promise<Cable> {
  const target = Number(new URL(url).port);
  const ends = new Set<Socket>();
  let isCut = false;
  const server = createServer((near) => {
    if (isCut) return near.destroy();
    const far = connect(target, '127.0.0.1');
    for (const [end, other] of [
      [near, far],
      [far, near],
    ] as const) {
      ends.add(end);
      end.pipe(other);
      end.on('error', () => other.destroy());
      end.on('close', () => {
        ends.delete(end);
        other.destroy();
      });
    }
  });
  const port = await freePort();
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  const cut = () => {
    isCut = true;
    for (const end of ends) end.destroy();
  };
  return {
    url: `http://localhost:${port}`,
    cut,
    mend() {
      isCut = false;
    },
    async close() {
      cut();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
