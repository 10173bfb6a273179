import type { RecordKey, ReleaseBeacon } from '@rowlock/protocol';
import { afterEach, expect, it, vi } from 'vitest';
import { setUpClient } from '../testSupport/clientFixture.ts';

afterEach(() => vi.unstubAllGlobals());

it('A page that closes announces all of its leases, 50 in each beacon', async () => {
  const page = new EventTarget();
  const sendBeacon = vi.fn((_url: string, _body: string) => true);
  vi.stubGlobal('window', page);
  vi.stubGlobal('document', new EventTarget());
  vi.stubGlobal('navigator', { sendBeacon });
  const { clock, client } = setUpClient({ limits: { heldLeases: 200, messagesPer10s: 1_000 } });
  client.start();
  await clock.turn(0);
  const records = Array.from({ length: 120 }, (_, index): RecordKey => `cities/${index}`);
  for (const key of records) client.leases.hold([key]);
  await clock.turn(0);
  page.dispatchEvent(new Event('pagehide'));
  const announced = sendBeacon.mock.calls.map(([, body]) => (JSON.parse(body) as ReleaseBeacon).leases);
  expect(announced.map(({ length }) => length)).toEqual([50, 50, 20]);
  expect(new Set(announced.flat().map(({ leaseId }) => leaseId)).size).toBe(120);
});
