/** `endSession`. */
import { until } from '@rowlock/test-utils';
import { describe, expect, it } from 'vitest';
import type { OpenSubject } from '../subject/subject.ts';
import { acquire, codeOf, seesLeases, watch } from './tabs.ts';

const session = 'the-tab-of-the-suite.the-secret-of-the-tab';

export function signingOut(open: OpenSubject): void {
  describe('endSession', () => {
    it('the leases of the session end at once, and then its connection', async () => {
      const { connect } = await open();
      const [ann, bo] = [await connect('ann', { session }), await connect('bo')];
      await watch(bo, 'cities/1');
      await acquire(ann, 'cities/1');
      await seesLeases(bo, 'cities/1', 1);
      expect(await ann.request('endSession', {})).toEqual({ ok: true });
      await acquire(bo, 'cities/1');
      await until(() => !ann.isConnected, { what: 'the end of the connection' });
    });

    it('P4: nobody continues a session that has ended, and another tab of the user keeps its own', async () => {
      const { connect } = await open();
      const [ann, other] = [await connect('ann', { session }), await connect('ann')];
      const leaseSecret = await acquire(ann, 'cities/1');
      await acquire(other, 'cities/2');
      const copy = await connect('ann', { session });
      await ann.request('endSession', {});
      // The end of the session ends its connections, also one that begins at that moment.
      await until(() => !copy.isConnected, { what: 'the end of all connections of the session' });
      const again = await connect('ann', { session });
      expect(codeOf(await again.request('acquire', { records: ['cities/1'] }))).toBe('forbidden');
      expect(codeOf(await again.request('resume', leaseSecret))).toBe('lease_lost');
      expect(codeOf(await again.request('acquire', { records: ['cities/2'] }))).toBe('forbidden');
      expect((await other.request('confirm', {})) as unknown).toMatchObject({
        leases: [{ ageMs: expect.any(Number) }],
      });
    });

    it('a client without a session loses the leases of its connection', async () => {
      const { connect } = await open();
      const [script, bo] = [await connect('ann'), await connect('bo')];
      await acquire(script, 'cities/1');
      expect(await script.request('endSession', {})).toEqual({ ok: true });
      await acquire(bo, 'cities/1');
    });
  });
}
