import { describe, expect, it } from 'vitest';
import { bo, paris, setUpClient, setUpTabs } from '../testSupport/clientFixture.ts';

/** Bo holds Paris in one tab, and Ann asks for it in another. */
async function setUpRequest() {
  const setup = setUpTabs({ releaseRequestMs: 60_000 });
  const holder = setup.openTab(bo);
  const asker = setup.openTab();
  const lease = holder.client.leases.hold([paris]);
  await setup.clock.turn(0);
  const leaseId = setup.server.leasesOn(paris)[0]!.id;
  const outcome = asker.client.leases.requestRelease(leaseId, { records: [paris] });
  await setup.clock.turn(0);
  return { ...setup, holder, asker, lease, leaseId, outcome };
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
});
