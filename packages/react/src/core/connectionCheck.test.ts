import { describe, expect, it } from 'vitest';
import { bo, lyon, paris, sent, setUpClient, watch } from '../testSupport/clientFixture.ts';

async function setUpLive() {
  const setup = setUpClient();
  setup.client.start();
  watch(setup.client, paris);
  await setup.clock.turn(0);
  const getStatus = () => setup.client.connection.status;
  expect(getStatus()).toBe('live');
  return { ...setup, getStatus };
}

async function setUpHolding() {
  const setup = await setUpLive();
  const held = setup.client.leases.acquire([lyon]);
  await setup.clock.turn(0);
  expect(await held).toMatchObject({ ok: true });
  return setup;
}

describe('a silent cut', () => {
  it('A tab that holds a lease shows the cut within 6 s, and connects again when the network is back', async () => {
    const { clock, transport, client, getStatus } = await setUpHolding();
    await clock.turn(60_000);
    transport.cutSilently();
    await clock.turn(1_900);
    expect(getStatus()).toBe('live');
    await clock.turn(3_100);
    expect(getStatus()).toBe('reconnecting');
    expect(client.leases.holds([lyon], 'exclusive')).toBe(true);
    transport.reconnect();
    await clock.turn(0);
    expect(getStatus()).toBe('live');
  });

  it('A tab that only watches shows the cut within 22 s', async () => {
    const { clock, transport, getStatus } = await setUpLive();
    transport.cutSilently();
    await clock.turn(21_900);
    expect(getStatus()).toBe('live');
    await clock.turn(100);
    expect(getStatus()).toBe('reconnecting');
  });

  it('A request without an answer shows the cut within 6 s, and is refused', async () => {
    const { clock, transport, client, getStatus } = await setUpLive();
    await clock.turn(10_000);
    transport.cutSilently();
    const outcome = client.leases.acquire([lyon]);
    await clock.turn(5_000);
    expect(getStatus()).toBe('reconnecting');
    expect(await outcome).toMatchObject({ ok: false, error: { code: 'unavailable' } });
  });

  it('A failed request that the application reports shows the cut 2 s later', async () => {
    const { clock, transport, client, getStatus } = await setUpLive();
    await clock.turn(10_000);
    transport.cutSilently();
    client.connection.check();
    await clock.turn(2_000);
    expect(getStatus()).toBe('reconnecting');
  });

  it('Several reports within a second send one question', async () => {
    const { clock, server, client } = await setUpLive();
    await clock.turn(10_000);
    for (let report = 0; report < 5; report++) client.connection.check();
    await clock.turn(0);
    expect(sent(server, 'confirm')).toHaveLength(1);
  });
});

describe('a connection that works', () => {
  it('A network whose answers take 3 s loses one connection, and keeps the next', async () => {
    const { clock, server, client } = await setUpHolding();
    server.delayMs = 3_000;
    let losses = 0;
    client.connection.onChange(() => {
      if (client.connection.status === 'reconnecting') losses += 1;
    });
    await clock.turn(120_000);
    expect([losses, client.connection.status]).toEqual([1, 'live']);
  });

  it('A connection with slow answers stays live as long as anything is heard', async () => {
    const { clock, server, client, getStatus } = await setUpHolding();
    let leaseId: string | undefined;
    for (let second = 0; second < 60; second++) {
      server.delayMs = 0;
      if (leaseId) server.free(leaseId);
      leaseId = leaseId ? undefined : server.hold([paris], { actor: bo });
      server.delayMs = 10_000;
      await clock.turn(1_000);
      expect(getStatus()).toBe('live');
    }
    expect(client.connection.status).toBe('live');
  });

  it('A computer that slept asks again, and keeps the connection if the server answers', async () => {
    const { clock, server, getStatus } = await setUpHolding();
    await clock.turn(2_900);
    server.delayMs = 1_000;
    await clock.turn(200);
    // The question is under way. The computer sleeps, and its timers with it.
    const asked = sent(server, 'confirm').length;
    clock.sleep(3_600_000);
    await clock.turn(500);
    expect(sent(server, 'confirm').length).toBeGreaterThan(asked);
    await clock.turn(3_000);
    expect(getStatus()).toBe('live');
  });
});
