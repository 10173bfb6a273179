import { describe, expect, it, vi } from 'vitest';
import { bo, paris, sent, setUpClient } from '../testSupport/clientFixture.ts';
import { LockObserver } from './lockObserver.ts';

describe('a hold whose lease ended because nobody was active', () => {
  function setUpIdle() {
    const setup = setUpClient({ idle: { warnMs: 600_000, releaseMs: 660_000 } });
    setup.client.start();
    const onLost = vi.fn();
    const observer = new LockObserver(setup.client, [paris], { onLost, reacquire: 'when-free' });
    observer.subscribe(() => {});
    return { ...setup, observer, onLost, end: observer.hold() };
  }

  it('Neither changes of the records, a reconnect nor an outage acquire it again', async () => {
    const { clock, server, transport, observer, onLost } = setUpIdle();
    await clock.turn(700_000);
    expect(onLost).toHaveBeenCalledExactlyOnceWith('idle');
    server.free(server.hold([paris], { actor: bo }));
    await clock.turn(1_000);
    transport.disconnect();
    transport.reconnect();
    await clock.turn(1_000);
    server.setCertain(false);
    await clock.turn(1_000);
    server.setCertain(true);
    observer.pauseReacquire()();
    await clock.turn(60_000);
    expect(sent(server, 'acquire')).toHaveLength(1);
    expect(observer.getState().status).toBe('free');
  });

  it('The user acquires it again by hand, and it is held from then on', async () => {
    const { clock, server, observer } = setUpIdle();
    await clock.turn(700_000);
    void observer.acquire();
    await clock.turn(0);
    expect(observer.getState().status).toBe('held');
    server.free(server.leasesOn(paris)[0]!.id, 'expired');
    await clock.turn(1_000);
    expect(observer.getState().status).toBe('held');
  });

  it('The hold is switched off and on, and acquires it again', async () => {
    const { clock, server, observer, end } = setUpIdle();
    await clock.turn(700_000);
    end();
    observer.hold();
    await clock.turn(0);
    expect(observer.getState().status).toBe('held');
    expect(server.leasesOn(paris)).toHaveLength(1);
  });

  it('A lease that expired while nobody was active and the connection was lost is not acquired again', async () => {
    const { clock, server, transport, observer, onLost } = setUpIdle();
    await clock.turn(1_000);
    transport.disconnect();
    server.free(server.leasesOn(paris)[0]!.id, 'expired');
    await clock.turn(700_000);
    transport.reconnect();
    await clock.turn(60_000);
    expect(onLost).toHaveBeenCalledExactlyOnceWith('idle');
    expect(sent(server, 'acquire')).toHaveLength(1);
    expect(observer.getState().status).toBe('free');
  });

  it('A lease that expired during a short loss of the connection is acquired again', async () => {
    const { clock, server, transport, observer, onLost } = setUpIdle();
    await clock.turn(1_000);
    transport.disconnect();
    server.free(server.leasesOn(paris)[0]!.id, 'expired');
    await clock.turn(60_000);
    transport.reconnect();
    await clock.turn(1_000);
    expect(onLost).toHaveBeenCalledExactlyOnceWith('expired');
    expect(observer.getState().status).toBe('held');
  });
});
