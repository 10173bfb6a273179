import { describe, expect, it } from 'vitest';
import { ann, bo, lyon, paris, sent, setUpTabs } from '../testSupport/clientFixture.ts';
import { LockObserver } from './lockObserver.ts';
import { elapsedMs, getMoment, shiftBack } from './moment.ts';

async function holdParis() {
  const setup = setUpTabs();
  const tab = setup.openTab(ann);
  const observer = new LockObserver(tab.client, [paris]);
  observer.subscribe(() => {});
  await setup.clock.turn(0);
  const lease = observer.acquire();
  await setup.clock.turn(0);
  expect(await lease).toMatchObject({ ok: true });
  const shown = () => [observer.getState().status, tab.client.records.getLock(paris).kind];
  expect(shown()).toEqual(['held', 'held']);
  return { ...setup, ...tab, observer, shown };
}

describe('P4: a lease in hand', () => {
  it('A lease is shown as held for hours while the gateway confirms it', async () => {
    const { clock, shown } = await holdParis();
    await clock.turn(4 * 3_600_000);
    expect(shown()).toEqual(['held', 'held']);
  });

  it('A lease is no longer shown as held when its TTL has passed without an answer of the gateway', async () => {
    const { clock, server, shown } = await holdParis();
    server.delayMs = 3_600_000;
    await clock.turn(14_900);
    expect(shown()).toEqual(['held', 'held']);
    await clock.turn(200);
    expect(shown()).toEqual(['pending', 'unknown']);
  });

  it('A lease that lapses notifies its listeners', async () => {
    const { clock, server, client } = await holdParis();
    let calls = 0;
    client.records.watch([paris], () => {
      calls += 1;
    });
    await clock.turn(0);
    calls = 0;
    server.refuse('confirm', { code: 'internal', message: 'The gateway has a fault.' });
    await clock.turn(15_100);
    expect(calls).toBe(1);
  });

  it('An answer that is older than the TTL does not confirm a lease, and the next one does', async () => {
    const { clock, server, client, shown } = await holdParis();
    client.records.watch([lyon], () => {});
    await clock.turn(2_900);
    server.delayMs = 20_000;
    await clock.turn(200);
    server.delayMs = 0;
    expect(sent(server, 'confirm')).toHaveLength(1);
    server.refuse('confirm', { code: 'internal', message: 'The gateway has a fault.' });
    // Shows that the connection works
    server.hold([lyon], { actor: bo });
    await clock.turn(21_000);
    expect(client.connection.status).toBe('live');
    expect(shown()).toEqual(['pending', 'unknown']);
    server.refuse('confirm');
    await clock.turn(3_000);
    expect(shown()).toEqual(['held', 'held']);
  });

  it('A lease is no longer shown as held if the connection is lost for longer than the TTL', async () => {
    const { clock, transport, shown } = await holdParis();
    transport.disconnect();
    await clock.turn(14_000);
    expect(shown()[0]).toBe('held');
    await clock.turn(1_100);
    expect(shown()).toEqual(['pending', 'unknown']);
  });

  it('The client asks no more often than a tab that only watches after a lease was released', async () => {
    const { clock, server, observer } = await holdParis();
    await observer.release();
    await clock.turn(4_000);
    const asked = sent(server, 'confirm').length;
    await clock.turn(60_000);
    expect(sent(server, 'confirm')).toHaveLength(asked + 3);
  });
});

describe('the time since a moment', () => {
  const at = (unixMs: number, monotonicMs: number) => ({
    now: () => unixMs,
    monotonicMs: () => monotonicMs,
    after: () => () => {},
  });

  it('Time passes while the computer sleeps, and when its clock is set back', () => {
    const moment = getMoment(at(1_000_000, 500));
    expect(elapsedMs(moment, at(1_060_000, 510))).toBe(60_000);
    expect(elapsedMs(moment, at(400_000, 20_500))).toBe(20_000);
    expect(elapsedMs(shiftBack(moment, 5_000), at(1_001_000, 1_500))).toBe(6_000);
  });
});
