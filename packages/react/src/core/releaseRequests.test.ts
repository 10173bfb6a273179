import { describe, expect, it } from 'vitest';
import {
  bo,
  lyon,
  memoryStorage,
  paris,
  sent,
  setUpClient,
  setUpTabs,
} from '../testSupport/clientFixture.ts';
import type { IncomingReleaseRequest } from './releaseRequests.ts';

/** Bo holds Paris in one tab, and Ann asks for it in another. */
async function setUpRequest() {
  const setup = setUpTabs({ releaseRequestMs: 60_000 });
  const holder = setup.openTab(bo, memoryStorage());
  const asker = setup.openTab();
  const lease = holder.client.leases.hold([paris]);
  await setup.clock.turn(0);
  const leaseId = setup.server.leasesOn(paris)[0]!.id;
  const outcome = asker.client.leases.requestRelease(leaseId, { records: [paris] });
  await setup.clock.turn(0);
  /** The requests that are shown to a part of the holder's page that is mounted now */
  const listOpen = () => {
    const open: IncomingReleaseRequest[] = [];
    holder.client.leases.onReleaseRequested((request) => open.push(request))();
    return open;
  };
  return { ...setup, holder, asker, lease, leaseId, outcome, listOpen };
}

describe('a release request of this tab', () => {
  it('A request is given up when the client stops', async () => {
    const { clock, asker, outcome } = await setUpRequest();
    asker.stop();
    await clock.turn(1_000);
    expect(await outcome).toMatchObject({ ok: false, error: { code: 'unavailable' } });
  });

  it('A request is refused when the client stops before it has connected', async () => {
    const { clock, client } = setUpClient({ delayMs: 10_000 });
    const stop = client.start();
    const outcome = client.leases.requestRelease('1', { records: [paris] });
    const lease = client.leases.acquire([paris]);
    await clock.turn(0);
    stop();
    await clock.turn(1_000);
    expect(await outcome).toMatchObject({ ok: false, error: { code: 'unavailable' } });
    expect(await lease).toMatchObject({ ok: false, error: { code: 'unavailable' } });
  });

  it('A request is not sent in the name of the user who signs in next', async () => {
    const { clock, server, asker, outcome } = await setUpRequest();
    expect(sent(server, 'requestRelease')).toHaveLength(1);
    asker.transport.disconnect();
    asker.transport.signInAs({ id: 'cy', name: 'Cy' });
    asker.transport.reconnect();
    await clock.turn(60_000);
    expect(await outcome).toMatchObject({ ok: false, error: { code: 'unauthenticated' } });
    expect(sent(server, 'requestRelease')).toHaveLength(1);
  });

  it('A request of the same user is sent again on the next connection', async () => {
    const { clock, server, holder, asker, lease, outcome } = await setUpRequest();
    asker.transport.disconnect();
    asker.transport.reconnect();
    await clock.turn(0);
    expect(sent(server, 'requestRelease')).toHaveLength(2);
    expect(holder.client.leases.holds([paris], 'exclusive')).toBe(true);
    void lease.release('now');
    await clock.turn(0);
    expect(await outcome).toEqual({ ok: true, answer: 'released' });
  });
});

describe('a release request to this tab', () => {
  it('A request is shown, also to a part of the page that is mounted later, until it is answered', async () => {
    const { clock, outcome, listOpen } = await setUpRequest();
    expect(listOpen()).toMatchObject([{ by: { id: 'ann' }, records: [paris] }]);
    void listOpen()[0]!.answer('later');
    await clock.turn(0);
    expect(await outcome).toEqual({ ok: true, answer: 'later' });
    expect(listOpen()).toEqual([]);
  });

  it('A request is not shown after the lease is released', async () => {
    const { lease, listOpen } = await setUpRequest();
    await lease.release('now');
    expect(listOpen()).toEqual([]);
  });

  it('A request is not shown after its last record is released', async () => {
    const { clock, lease, listOpen } = await setUpRequest();
    void lease.releaseRecords([paris]);
    await clock.turn(0);
    expect(listOpen()).toEqual([]);
  });

  it('A request is not shown after the lease is lost', async () => {
    const { clock, server, leaseId, listOpen } = await setUpRequest();
    server.free(leaseId, 'ended');
    await clock.turn(0);
    expect(listOpen()).toEqual([]);
  });

  it('A request is not shown after a resume that found the lease expired', async () => {
    const { clock, server, holder, leaseId, listOpen } = await setUpRequest();
    holder.transport.disconnect();
    server.free(leaseId, 'expired');
    holder.transport.reconnect();
    await clock.turn(0);
    expect(listOpen()).toEqual([]);
  });

  it('A request is not shown after the time in which it could be answered', async () => {
    const { clock, listOpen } = await setUpRequest();
    await clock.turn(59_000);
    expect(listOpen()).toHaveLength(1);
    await clock.turn(1_000);
    expect(listOpen()).toEqual([]);
  });

  it('A request is not shown after a final refusal of its answer', async () => {
    const { clock, server, listOpen } = await setUpRequest();
    server.refuse('answerRelease', { code: 'internal', message: 'A fault.' });
    void listOpen()[0]!.answer('later');
    await clock.turn(0);
    expect(listOpen()).toHaveLength(1);
    server.refuse('answerRelease', { code: 'not_found', message: 'Unknown.' });
    void listOpen()[0]!.answer('later');
    await clock.turn(0);
    expect(listOpen()).toEqual([]);
  });

  it('A request that crosses with the release of its lease is not shown', async () => {
    const { clock, server, openTab } = setUpTabs({ delayMs: 100 });
    const [holder, asker] = [openTab(bo, memoryStorage()), openTab()];
    await clock.turn(100);
    const lease = holder.client.leases.hold([lyon]);
    await clock.turn(200);
    void asker.client.leases.requestRelease(server.leasesOn(lyon)[0]!.id, { records: [lyon] });
    await clock.turn(10);
    void lease.release('now');
    await clock.turn(500);
    const open: IncomingReleaseRequest[] = [];
    holder.client.leases.onReleaseRequested((request) => open.push(request));
    expect(open).toEqual([]);
  });
});
