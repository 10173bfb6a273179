import { describe, expect, it } from 'vitest';
import { bo, paris, sent, setUpClient } from '../testSupport/clientFixture.ts';
import { LockObserver } from './lockObserver.ts';

describe('an owner that goes while its request is under way', () => {
  async function setUpBlocked() {
    const setup = setUpClient({ authorize: () => true });
    setup.client.start();
    setup.server.hold([paris], { actor: bo });
    const observer = new LockObserver(setup.client, [paris]);
    observer.subscribe(() => {});
    await setup.clock.turn(0);
    setup.server.delayMs = 100;
    return { ...setup, observer };
  }

  it.for(['detach', 'release', 'end the hold'] as const)(
    'A takeover whose owner has gone leaves no lease: %s',
    async (how) => {
      const { clock, server, observer } = await setUpBlocked();
      const end = how === 'end the hold' ? observer.hold() : () => {};
      await clock.turn(1_000);
      const taken = observer.takeOver({ reason: 'Urgent' });
      await clock.turn(50);
      if (how === 'detach') observer.detach();
      else if (how === 'release') void observer.release();
      else end();
      await clock.turn(2_000);
      expect(await taken).toMatchObject({ ok: true });
      expect(server.leasesOn(paris)).toEqual([]);
    },
  );

  it('A takeover keeps the lease for a hold that begins during it', async () => {
    const { clock, server, observer } = await setUpBlocked();
    void observer.takeOver({ reason: 'Urgent' });
    await clock.turn(50);
    observer.detach();
    const end = observer.hold();
    await clock.turn(2_000);
    expect(observer.getState().status).toBe('held');
    end();
    await clock.turn(2_000);
    expect(server.leasesOn(paris)).toEqual([]);
  });

  it('A wait does not begin after its owner has gone', async () => {
    const { clock, server, observer } = await setUpBlocked();
    void observer.acquire();
    void observer.waitInLine();
    await clock.turn(50);
    observer.detach();
    await clock.turn(2_000);
    expect(sent(server, 'acquire')).toHaveLength(1);
  });
});
