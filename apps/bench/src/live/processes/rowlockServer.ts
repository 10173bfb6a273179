/** A server of an application with Rowlock: the live channel, and the routes that a screen without it would poll. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createRowlock } from '@rowlock/server';
import express from 'express';
import { serveCalls } from '../remote/serveCalls.ts';
import { processCost } from './processCost.ts';

export interface RowlockServerSettings {
  redisUrl: string;
  namespace: string;
}

const { redisUrl, namespace } = JSON.parse(process.argv[2]!) as RowlockServerSettings;
const rowlock = createRowlock({
  redis: redisUrl,
  namespace,
  resources: ['cities'],
  auth: {
    authenticate({ auth, headers }) {
      const user = String(auth.user ?? headers['x-user']);
      return { id: user, name: user };
    },
    authorize: () => true,
  },
});
await rowlock.start();

const app = express();
app.use('/rowlock', rowlock.router());
const server = createServer(app);
rowlock.attach(server);
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));

const calls = {
  url: () => `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
  ...processCost,
};
export type RowlockServerCalls = typeof calls;
await serveCalls(calls);
