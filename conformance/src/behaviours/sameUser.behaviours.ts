/** The rule for a second tab of the same user. */
import { until } from '@rowlock/test-utils';
import { describe, expect, it } from 'vitest';
import type { OpenSubject } from '../subject/subject.ts';
import { acquire, codeOf, received } from './tabs.ts';

export function sameUser(open: OpenSubject): void {
  describe('a second tab of the same user', () => {
    it('separate: the refusal says that the holder is the same user', async () => {
      const { connect } = await open();
      const [first, second] = [await connect('ann'), await connect('ann')];
      await acquire(first, 'cities/1');
      expect(await second.request('acquire', { records: ['cities/1'] })).toMatchObject({
        ok: false,
        error: { code: 'conflict', conflicts: [{ isSameUser: true }] },
      });
    });

    it('P1, share: two tabs of a user hold the same record, and nobody else does', async () => {
      const { connect } = await open({ sameUser: 'share' });
      const [first, second, bo] = [await connect('ann'), await connect('ann'), await connect('bo')];
      const secrets = [await acquire(first, 'cities/1'), await acquire(second, 'cities/1')];
      await first.request('release', secrets[0]!);
      expect(codeOf(await bo.request('acquire', { records: ['cities/1'] }))).toBe('conflict');
      await second.request('release', secrets[1]!);
      await acquire(bo, 'cities/1');
    });

    it('move: the newest tab takes the records over, and the older one is notified', async () => {
      const { connect } = await open({ sameUser: 'move' });
      const [first, second] = [await connect('ann'), await connect('ann')];
      const { leaseId } = await acquire(first, 'cities/1');
      await acquire(second, 'cities/1');
      await until(() => received(first, 'leaseLost').length > 0, { what: 'the lost lease' });
      expect(received(first, 'leaseLost')).toEqual([
        { leaseId, reason: 'moved', by: { id: 'ann', name: 'ann' }, why: expect.any(String) },
      ]);
      const byItself = await first.request('acquire', { records: ['cities/1'], moves: false });
      expect(codeOf(byItself)).toBe('conflict');
    });

    it('P1, move: nothing is taken over from another user', async () => {
      const { connect } = await open({ sameUser: 'move' });
      const [first, second, bo] = [await connect('ann'), await connect('ann'), await connect('bo')];
      await acquire(first, 'cities/1');
      await acquire(bo, 'cities/2');
      expect(codeOf(await second.request('acquire', { records: ['cities/1', 'cities/2'] }))).toBe('conflict');
      expect(received(first, 'leaseLost')).toEqual([]);
    });
  });
}
