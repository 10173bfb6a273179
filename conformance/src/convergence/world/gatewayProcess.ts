/** A gateway in a process of its own, until its parent is gone or kills it. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createRowlock } from '@rowlock/server';
import { talkToParent } from '@rowlock/test-utils';
import { rowlockOptions } from './settings.ts';

export interface GatewayReady {
  port: number;
}

const [redisUrl, namespace] = process.argv.slice(2) as [string, string];
const parent = talkToParent<never, GatewayReady>();
const rowlock = createRowlock(rowlockOptions(redisUrl, namespace));
await rowlock.start();
const server = createServer();
rowlock.attach(server);
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
parent.send({ port: (server.address() as AddressInfo).port });
for await (const _message of parent.messages);
process.exit();
