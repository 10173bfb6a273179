/** `activity` and `idle`. */
import { until } from '@rowlock/test-utils';
import { describe, expect, it } from 'vitest';
import type { OpenSubject } from '../subject/subject.ts';
import { acquire, received } from './tabs.ts';

export function idling(open: OpenSubject): void {
  describe('a tab in which nobody is active', () => {
    it('the tab is warned, and then its leases end', async () => {
      const { connect } = await open({ idle: { warnMs: 100, releaseMs: 1_500 } });
      const [ann, bo] = [await connect('ann'), await connect('bo')];
      expect(ann.hello.idle).toEqual({ warnMs: 100, releaseMs: 1_500 });
      const { leaseId } = await acquire(ann, 'cities/1');
      await until(() => received(ann, 'idle').length > 0, { what: 'the warning' });
      expect(received(ann, 'idle')).toEqual([{ endsAt: expect.any(Number) }]);
      await until(() => received(ann, 'leaseLost').length > 0, { what: 'the end of the lease' });
      expect(received(ann, 'leaseLost')).toEqual([{ leaseId, reason: 'idle' }]);
      await acquire(bo, 'cities/1');
    });

    it('activity takes the warning back', async () => {
      const { connect } = await open({ idle: { warnMs: 100, releaseMs: 60_000 } });
      const ann = await connect('ann');
      await acquire(ann, 'cities/1');
      await until(() => received(ann, 'idle').length > 0, { what: 'the warning' });
      expect(await ann.request('activity', {})).toEqual({ ok: true });
      await until(() => received(ann, 'idle').length > 1, { what: 'the end of the warning' });
      expect(received(ann, 'idle')[1]).toEqual({ endsAt: null });
    });

    it('a reconnect is no activity', async () => {
      const { connect } = await open({ idle: { warnMs: 30_000, releaseMs: 60_000 } });
      const ann = await connect('ann');
      const leaseSecret = await acquire(ann, 'cities/1');
      ann.drop();
      const again = await connect('ann');
      await again.request('resume', { ...leaseSecret, idleMs: 30_000 });
      await until(() => received(again, 'idle').length > 0, { what: 'the warning' });
    });
  });
}
