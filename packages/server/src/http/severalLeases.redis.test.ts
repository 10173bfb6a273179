import { formatLeaseHeader, LEASE_HEADER, type LeaseSecret, SESSION_HEADER } from '@rowlock/protocol';
import { startRedis, type TestRedis } from '@rowlock/test-utils';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { acquire } from '../../test/fixtures/gatewayFixture.ts';
import { type Rig, startRig } from '../../test/fixtures/rig.ts';

const SESSION = `tab-of-ann-${'a'.repeat(16)}.${'s'.repeat(24)}`;

let redis: TestRedis;
let rig: Rig | undefined;
beforeAll(async () => {
  redis = await startRedis();
});
afterAll(() => redis.stop());
afterEach(async () => {
  await rig?.close();
});

/** An application whose `PUT /cities/1+2` writes the cities 1 and 2. */
async function open() {
  const started = await startRig(redis, {}, (id) => id.split('+').map((each) => `cities/${each}` as const));
  rig = started;
  const put = async (ids: string, headers: Record<string, string>) => {
    const answer = await started.fetch(`/cities/${ids}`, {
      method: 'PUT',
      headers: { authorization: 'Bearer ann', ...headers },
    });
    const body = (await answer.json()) as { fence: string };
    return { status: answer.status, fence: BigInt(body.fence ?? 0) };
  };
  return { ...started, put };
}

const header = (leaseSecret: LeaseSecret) => ({ [LEASE_HEADER]: formatLeaseHeader(leaseSecret) });

describe('a write under several leases', () => {
  it("P5: a write under a tab's lease is accepted after a write under that lease and others", async () => {
    const { put, connect } = await open();
    const leaseSecret = await acquire(await connect('ann'), 'cities/1');
    const wide = await put('1+2', header(leaseSecret));
    const narrow = await put('1', header(leaseSecret));
    expect([wide.status, narrow.status]).toEqual([200, 200]);
    // A row refuses a fence below its last.
    expect(narrow.fence).toBeGreaterThanOrEqual(wide.fence);
  });

  it('P5: each lease of a session is accepted after a write under both', async () => {
    const { put, connect } = await open();
    const tab = await connect('ann', SESSION);
    const [first, second] = [await acquire(tab, 'cities/1'), await acquire(tab, 'cities/2')];
    const both = await put('1+2', { [SESSION_HEADER]: SESSION });
    for (const [id, leaseSecret] of [
      ['1', first],
      ['2', second],
    ] as const) {
      expect((await put(id, header(leaseSecret))).fence).toBeGreaterThanOrEqual(both.fence);
    }
  });
});
