/** What the gateway's tests share: a Redis for the file, rigs that end with their test, and what a tab does most. */
import type { RecordKey } from '@rowlock/protocol';
import { startRedis, type TestRedis, until } from '@rowlock/test-utils';
import { afterAll, afterEach, beforeAll } from 'vitest';
import { type Client, leasesOn, type Rig, startRig } from './rig.ts';

export interface GatewayFixture {
  server(): TestRedis;
  rig(options?: Parameters<typeof startRig>[1]): Promise<Rig>;
}

/** To be called once, at the top of a file of tests. */
export function gatewayFixture(): GatewayFixture {
  let server: TestRedis;
  const rigs: Rig[] = [];
  beforeAll(async () => {
    server = await startRedis();
  });
  afterAll(() => server.stop());
  afterEach(async () => {
    for (const rig of rigs.splice(0)) await rig.close();
  });
  return {
    server: () => server,
    async rig(options = {}) {
      const started = await startRig(server, options);
      rigs.push(started);
      return started;
    },
  };
}

export const watch = async (client: Client, ...records: RecordKey[]) => {
  const ack = await client.send('watch', { records });
  if (!ack.ok) throw new Error(ack.error.message);
  return ack;
};

export const acquire = async (client: Client, ...records: RecordKey[]) => {
  const ack = await client.send('acquire', { records, label: 'Edit' });
  if (!ack.ok) throw new Error(ack.error.message);
  return { leaseId: ack.lease.id, secret: ack.lease.secret };
};

export const sees = (client: Client, key: RecordKey, count: number) =>
  until(() => leasesOn(client, key)?.length === count, { what: `${count} leases on ${key}` });
