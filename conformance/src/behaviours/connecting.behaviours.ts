/** How a connection begins: `hello`, the session, a refusal. */
import { DEFAULT_LIMITS, PROTOCOL_VERSION } from '@rowlock/protocol';
import { until } from '@rowlock/test-utils';
import { describe, expect, it } from 'vitest';
import { ConnectionRefused, type OpenSubject } from '../subject/subject.ts';
import { acquire, codeOf, received, seesLeases, watch } from './tabs.ts';

const ID = 'a-tab-of-the-suite';
const SESSION = `${ID}.the-secret-of-this-tab`;
const GUESS = `${ID}.the-guess-of-a-thief-1`;

export function connecting(open: OpenSubject): void {
  describe('connecting', () => {
    it('the first event is hello, with the user, the limits and the time', async () => {
      const { connect } = await open({ limits: { heldLeases: 7 } });
      const ann = await connect('ann');
      expect(ann.events[0]).toMatchObject({
        name: 'hello',
        payload: {
          protocol: PROTOCOL_VERSION,
          actor: { id: 'ann', name: 'ann' },
          limits: { ...DEFAULT_LIMITS, heldLeases: 7 },
        },
      });
      expect(ann.hello.sessionId).toMatch(/^.{8,64}$/);
      expect(Math.abs(ann.hello.now - Date.now())).toBeLessThan(60_000);
    });

    it('P12: a connection without a user is refused', async () => {
      const { connect } = await open();
      const refused = await connect('nobody').catch((error: unknown) => error);
      expect(refused).toBeInstanceOf(ConnectionRefused);
      expect((refused as ConnectionRefused).body.code).toBe('unauthenticated');
    });

    it('the id of a session is that of its client, and of the holder of its leases', async () => {
      const { connect } = await open();
      const [ann, bo] = [await connect('ann', { session: SESSION }), await connect('bo')];
      expect(ann.hello.sessionId).toBe(ID);
      await acquire(ann, 'cities/1');
      expect((await watch(bo, 'cities/1')).leases).toMatchObject([
        { holder: { type: 'person', id: ID, label: 'ann', actor: { id: 'ann', name: 'ann' } } },
      ]);
    });

    it('two connections without a session of their own are different holders', async () => {
      const { connect } = await open();
      const [first, second] = [await connect('ann'), await connect('ann')];
      expect(first.hello.sessionId).not.toBe(second.hello.sessionId);
    });

    it('P4: a session with another secret acquires nothing', async () => {
      const { connect } = await open();
      await acquire(await connect('ann', { session: SESSION }), 'cities/1');
      const thief = await connect('ann', { session: GUESS });
      expect(codeOf(await thief.request('acquire', { records: ['cities/2'] }))).toBe('forbidden');
    });

    it('P15: a connection ends with its credentials, and its leases stay for the disconnect grace', async () => {
      const { connect } = await open();
      const [ann, bo] = [await connect('ann', { credentialsForMs: 300 }), await connect('bo')];
      const leaseSecret = await acquire(ann, 'cities/1');
      await until(() => !ann.isConnected, { what: 'the end of the connection' });
      expect(received(ann, 'closing')).toMatchObject([{ code: 'unauthenticated' }]);
      expect((await watch(bo, 'cities/1')).records['cities/1']).toHaveLength(1);
      expect(await (await connect('ann')).request('resume', leaseSecret)).toMatchObject({ ok: true });
    });

    it('the leases of the user before end when another user acquires in the same session', async () => {
      const { connect } = await open();
      const [ann, cy] = [await connect('ann', { session: SESSION }), await connect('cy')];
      await watch(cy, 'cities/1');
      await acquire(ann, 'cities/1');
      await seesLeases(cy, 'cities/1', 1);
      ann.drop();
      const bo = await connect('bo', { session: SESSION });
      await acquire(bo, 'cities/1');
      await seesLeases(cy, 'cities/1', 1);
      expect((await watch(cy, 'cities/1')).leases).toMatchObject([{ holder: { actor: { id: 'bo' } } }]);
    });
  });
}
