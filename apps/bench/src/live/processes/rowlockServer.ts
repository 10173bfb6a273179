/**
 * A server of an application with Rowlock: the live channel, and the route that a screen without it would poll. The
 * route answers with the state of the requested records, as the answer to `watch` does.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createRowlock, type RecordKey } from '@rowlock/server';
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
    authenticate: ({ auth }) => ({ id: String(auth.user), name: String(auth.user) }),
    authorize: () => true,
  },
});
await rowlock.start();

const app = express();
app.get('/view', async (request, response) => {
  const records = String(request.query.records).split(',') as RecordKey[];
  const { position, held, leases } = await rowlock.locks.check(records);
  response.set('cache-control', 'no-store').json({
    position,
    records: Object.fromEntries(records.map((key) => [key, held.get(key) ?? []])),
    leases: [...leases.values()],
    tasks: [],
  });
});
const server = createServer(app);
rowlock.attach(server);
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));

const calls = {
  url: () => `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
  ...processCost,
};
export type RowlockServerCalls = typeof calls;
await serveCalls(calls);
