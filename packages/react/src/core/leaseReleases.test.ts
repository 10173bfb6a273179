import { expect, it } from 'vitest';
import { paris, sent, setUpTabs } from '../testSupport/clientFixture.ts';

it('A lease that was released while the connection was lost does not block its own tab afterwards', async () => {
  const { clock, server, openTab } = setUpTabs();
  const { client, transport } = openTab();
  const lease = client.leases.hold([paris]);
  await clock.turn(0);
  transport.disconnect();
  void lease.release('now');
  await clock.turn(0);
  expect(server.leasesOn(paris)).toHaveLength(1);
  transport.reconnect();
  const again = client.leases.acquire([paris]);
  await clock.turn(0);
  // Without a connection it is refused at once, and asked for again when it is back.
  expect((await again).ok).toBe(false);
  expect(server.leasesOn(paris)).toEqual([]);
  const third = client.leases.hold([paris]);
  await clock.turn(0);
  expect(await third.settled).toMatchObject({ ok: true });
});

it('A lease that is released while the answer to its resume is lost is released by either secret', async () => {
  const { clock, server, openTab } = setUpTabs();
  const { client, transport } = openTab();
  const lease = client.leases.hold([paris]);
  await clock.turn(0);
  server.delayMs = 1_000;
  transport.disconnect();
  transport.reconnect();
  await clock.turn(1_500);
  // The server has resumed it, and its answer is under way.
  expect(sent(server, 'resume')).toHaveLength(1);
  transport.disconnect();
  void lease.release('now');
  server.delayMs = 0;
  await clock.turn(2_000);
  transport.reconnect();
  await clock.turn(0);
  expect(server.leasesOn(paris)).toEqual([]);
});

it('A lease that is released while the server does not see Redis is released afterwards', async () => {
  const { clock, server, openTab } = setUpTabs();
  const { client } = openTab();
  const lease = client.leases.hold([paris]);
  await clock.turn(0);
  server.setCertain(false);
  await clock.turn(0);
  void lease.release('now');
  await clock.turn(0);
  expect(server.leasesOn(paris)).toHaveLength(1);
  server.setCertain(true);
  await clock.turn(0);
  expect(server.leasesOn(paris)).toEqual([]);
});
