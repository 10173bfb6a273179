/** `activity` and `idle`. */
import { until } from '@rowlock/test-utils';
import { describe, expect, it } from 'vitest';
import type { OpenSubject } from '../subject/subject.ts';
import { acquire, joinWaitList, received, seesAcquired } from './tabs.ts';

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

    it('activity cancels the warning', async () => {
      const { connect } = await open({ idle: { warnMs: 100, releaseMs: 60_000 } });
      const ann = await connect('ann');
      await acquire(ann, 'cities/1');
      await until(() => received(ann, 'idle').length > 0, { what: 'the warning' });
      expect(await ann.request('activity', {})).toEqual({ ok: true });
      await until(() => received(ann, 'idle').length > 1, { what: 'the end of the warning' });
      expect(received(ann, 'idle')[1]).toEqual({ endsAt: null });
    });

    it('the end of the last lease cancels the warning', async () => {
      const { connect } = await open({ idle: { warnMs: 100, releaseMs: 60_000 } });
      const ann = await connect('ann');
      const held = await acquire(ann, 'cities/1');
      await until(() => received(ann, 'idle').length > 0, { what: 'the warning' });
      await ann.request('release', held);
      await until(() => received(ann, 'idle').length > 1, { what: 'the end of the warning' });
      expect(received(ann, 'idle')[1]).toEqual({ endsAt: null });
    });

    it('a lease by takeover ends too', async () => {
      const { connect } = await open({ idle: { warnMs: 100, releaseMs: 1_200 } });
      const [ann, bo] = [await connect('ann'), await connect('bo')];
      await acquire(ann, 'cities/1');
      const answer = await bo.request('takeOver', { records: ['cities/1'], reason: 'Urgent' });
      await until(() => received(bo, 'leaseLost').length > 0, { what: 'the end of the lease' });
      const leaseId = answer.ok && answer.lease.id;
      expect(received(bo, 'leaseLost')).toEqual([{ leaseId, reason: 'idle' }]);
      expect(received(bo, 'idle')).toEqual([{ endsAt: expect.any(Number) }]);
    });

    it('a lease that comes into force from the wait list ends too', async () => {
      const { connect } = await open({ idle: { warnMs: 100, releaseMs: 1_200 } });
      const [ann, bo] = [await connect('ann'), await connect('bo')];
      const held = await acquire(ann, 'cities/1');
      const { waiting } = await joinWaitList(bo, 'cities/1');
      await ann.request('release', held);
      await seesAcquired(bo, waiting.id);
      await until(() => received(bo, 'leaseLost').length > 0, { what: 'the end of the lease' });
      expect(received(bo, 'leaseLost')).toEqual([{ leaseId: waiting.id, reason: 'idle' }]);
    });

    it('a wait ends too', async () => {
      const { connect, startTask } = await open({ idle: { warnMs: 100, releaseMs: 1_200 } });
      const bo = await connect('bo');
      await startTask({ label: 'Rename', records: ['cities/1'] });
      const { waiting } = await joinWaitList(bo, 'cities/1');
      await until(() => received(bo, 'leaseLost').length > 0, { what: 'the end of the wait' });
      expect(received(bo, 'leaseLost')).toEqual([{ leaseId: waiting.id, reason: 'idle' }]);
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
