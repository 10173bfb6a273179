import { describe, expect, it } from 'vitest';
import { bo, paris, sent, setUpClient, setUpObserver } from '../testSupport/clientFixture.ts';
import { LockObserver } from './lockObserver.ts';

/** An observer of Paris whose `hold` is switched as a component does, also twice under StrictMode. */
function setUpSwitch({ delayMs = 0, isStrict = false } = {}) {
  const setup = setUpObserver([paris]);
  setup.server.delayMs = delayMs;
  let leave = () => setup.observer.detach();
  const enter = (hold: boolean) => {
    leave = hold ? setup.observer.hold() : () => setup.observer.detach();
  };
  const setHold = (hold: boolean) => {
    leave();
    enter(hold);
    if (!isStrict) return;
    leave();
    enter(hold);
  };
  const countAcquires = () => sent(setup.server, 'acquire').length;
  return { ...setup, setHold, countAcquires };
}

describe.for([false, true])(
  'a hold that is switched off and on, with effects that run twice: %s',
  (isStrict) => {
    it('The records are acquired, released, and acquired again, and no lease is left', async () => {
      const { clock, server, observer, setHold, countAcquires } = setUpSwitch({ isStrict });
      for (const round of [1, 2, 3]) {
        setHold(true);
        await clock.turn(1_000);
        expect(observer.getState().status).toBe('held');
        expect(server.leasesOn(paris)).toHaveLength(1);
        expect(countAcquires()).toBe(round);
        setHold(false);
        await clock.turn(1_000);
        expect(observer.getState()).toMatchObject({ status: 'free', isAcquiring: false });
        expect(server.leasesOn(paris)).toEqual([]);
      }
      await clock.turn(60_000);
      expect(countAcquires()).toBe(3);
    });

    it('A short break keeps the lease', async () => {
      const { clock, server, observer, setHold, countAcquires } = setUpSwitch({ isStrict });
      setHold(true);
      await clock.turn(1_000);
      setHold(false);
      await clock.turn(100);
      setHold(true);
      await clock.turn(1_000);
      expect(observer.getState().status).toBe('held');
      expect(countAcquires()).toBe(1);
      setHold(false);
      await clock.turn(1_000);
      expect(server.leasesOn(paris)).toEqual([]);
    });

    it('A hold that is switched off while its request is under way leaves no lease', async () => {
      const { clock, server, observer, listener, setHold } = setUpSwitch({ isStrict, delayMs: 100 });
      await clock.turn(1_000);
      setHold(true);
      await clock.turn(50);
      expect(observer.getState().isAcquiring).toBe(true);
      listener.mockClear();
      setHold(false);
      expect(listener).toHaveBeenCalled();
      expect(observer.getState().isAcquiring).toBe(false);
      await clock.turn(2_000);
      expect(server.leasesOn(paris)).toEqual([]);
      expect(observer.getState().status).toBe('free');
    });

    it('A hold that is switched on again while its request is under way sends one request', async () => {
      const { clock, server, observer, setHold, countAcquires } = setUpSwitch({ isStrict, delayMs: 100 });
      await clock.turn(1_000);
      setHold(true);
      await clock.turn(50);
      setHold(false);
      setHold(true);
      await clock.turn(2_000);
      expect(observer.getState().status).toBe('held');
      expect(countAcquires()).toBe(1);
      setHold(false);
      await clock.turn(2_000);
      expect(server.leasesOn(paris)).toEqual([]);
    });

    it('A hold that is switched on again after a slow answer has come in vain acquires again', async () => {
      const { clock, server, observer, setHold } = setUpSwitch({ isStrict, delayMs: 1_000 });
      await clock.turn(5_000);
      setHold(true);
      await clock.turn(100);
      setHold(false);
      await clock.turn(500);
      setHold(true);
      await clock.turn(10_000);
      expect(observer.getState().status).toBe('held');
      expect(server.leasesOn(paris)).toHaveLength(1);
      setHold(false);
      await clock.turn(10_000);
      expect(server.leasesOn(paris)).toEqual([]);
    });

    it('A hold that is switched off before its client connects sends nothing', async () => {
      const { clock, client, server } = setUpClient();
      const observer = new LockObserver(client, [paris]);
      observer.subscribe(() => {});
      const end = observer.hold();
      if (isStrict) {
        end();
        observer.hold()();
      } else end();
      client.start();
      await clock.turn(2_000);
      expect(sent(server, 'acquire')).toEqual([]);
      expect(observer.getState().status).toBe('free');
    });

    it('A hold that is switched off while the connection is lost does not acquire when it is back', async () => {
      const { clock, server, transport, observer, setHold, countAcquires } = setUpSwitch({ isStrict });
      await clock.turn(0);
      transport.disconnect();
      setHold(true);
      await clock.turn(1_000);
      expect(observer.getState().error?.code).toBe('unavailable');
      setHold(false);
      expect(observer.getState().error).toBeUndefined();
      await clock.turn(1_000);
      transport.reconnect();
      await clock.turn(60_000);
      expect(countAcquires()).toBe(0);
      expect(server.leasesOn(paris)).toEqual([]);
    });

    it('A hold that is switched on last while the connection is lost acquires once when it is back', async () => {
      const { clock, server, transport, observer, setHold, countAcquires } = setUpSwitch({ isStrict });
      await clock.turn(0);
      transport.disconnect();
      for (const hold of [true, false, true]) {
        setHold(hold);
        await clock.turn(1_000);
      }
      transport.reconnect();
      await clock.turn(1_000);
      expect(observer.getState().status).toBe('held');
      expect(countAcquires()).toBe(1);
      setHold(false);
      await clock.turn(1_000);
      expect(server.leasesOn(paris)).toEqual([]);
    });

    it('A lease whose hold is switched off while the connection is lost is released when it is back', async () => {
      const { clock, server, transport, observer, setHold } = setUpSwitch({ isStrict });
      setHold(true);
      await clock.turn(1_000);
      transport.disconnect();
      setHold(false);
      await clock.turn(1_000);
      transport.reconnect();
      await clock.turn(0);
      expect(server.leasesOn(paris)).toEqual([]);
      expect(observer.getState().status).toBe('free');
    });

    it('A lease whose hold is switched off and on while the connection is lost is resumed, or acquired again', async () => {
      const { clock, server, transport, observer, setHold } = setUpSwitch({ isStrict });
      for (const breakMs of [100, 1_000]) {
        setHold(true);
        await clock.turn(1_000);
        transport.disconnect();
        setHold(false);
        await clock.turn(breakMs);
        setHold(true);
        transport.reconnect();
        await clock.turn(1_000);
        expect(observer.getState().status).toBe('held');
        expect(server.leasesOn(paris)).toHaveLength(1);
      }
      setHold(false);
      await clock.turn(1_000);
      expect(server.leasesOn(paris)).toEqual([]);
    });

    it('A hold that is refused, switched off and on asks again', async () => {
      const { clock, server, observer, setHold, countAcquires } = setUpSwitch({ isStrict });
      const lease = server.hold([paris], { actor: bo });
      setHold(true);
      await clock.turn(1_000);
      expect(observer.getState()).toMatchObject({ status: 'blocked', error: { code: 'conflict' } });
      const { episode } = observer.getState();
      setHold(false);
      server.free(lease);
      await clock.turn(60_000);
      expect(observer.getState()).not.toHaveProperty('error');
      expect(countAcquires()).toBe(1);
      setHold(true);
      await clock.turn(1_000);
      expect(observer.getState().status).toBe('held');
      expect(observer.getState().episode).toBeGreaterThan(episode);
    });
  },
);
