/** `requestRelease`, `answerRelease`, `releaseRequested` and `releaseAnswered`. */
import { until } from '@rowlock/test-utils';
import { describe, expect, it } from 'vitest';
import { type Connection, type OpenSubject, userOf } from '../subject/subject.ts';
import { acquire, codeOf, received, watch } from './tabs.ts';

const requestId = 'the-request-of-the-test';
const ask = (tab: Connection, leaseId: string, message?: string) =>
  tab.request('requestRelease', { leaseId, records: ['cities/1'], requestId, ...(message && { message }) });
const isAsked = (tab: Connection) =>
  until(() => received(tab, 'releaseRequested').length > 0, { what: 'the request' });
const isAnswered = (tab: Connection) =>
  until(() => received(tab, 'releaseAnswered').length > 0, { what: 'the answer' });

export function requestingRelease(open: OpenSubject): void {
  describe('requestRelease', () => {
    it('the holder gets the request, and the user who asks gets the answer', async () => {
      const { connect } = await open();
      const [ann, bo] = [await connect('ann'), await connect('bo')];
      const { leaseId } = await acquire(ann, 'cities/1', 'cities/2');
      const asOpen = { ok: true, requestId, answerBy: expect.any(Number) };
      expect(await ask(bo, leaseId, 'I need it')).toEqual(asOpen);
      // A message that arrives twice asks once.
      expect(await ask(bo, leaseId, 'I need it')).toEqual(asOpen);
      await isAsked(ann);
      expect(received(ann, 'releaseRequested')).toEqual([
        {
          requestId,
          leaseId,
          by: userOf('bo'),
          records: ['cities/1'],
          message: 'I need it',
          answerBy: expect.any(Number),
        },
      ]);
      const answer = { leaseId, requestId, answer: 'later' } as const;
      expect(await ann.request('answerRelease', answer)).toEqual({ ok: true, answer: 'later' });
      expect(await ann.request('answerRelease', { ...answer, answer: 'refused' })).toMatchObject({
        answer: 'later',
      });
      await isAnswered(bo);
      expect(received(bo, 'releaseAnswered')).toEqual([{ requestId, leaseId, answer: 'later' }]);
      expect(await ask(bo, leaseId)).toMatchObject({ ok: true, answer: 'later' });
      expect((await watch(bo, 'cities/1')).records).toEqual({ 'cities/1': [leaseId] });
    });

    it('the answer released ends the lease', async () => {
      const { connect } = await open();
      const [ann, bo] = [await connect('ann'), await connect('bo')];
      const { leaseId } = await acquire(ann, 'cities/1');
      await ask(bo, leaseId);
      await isAsked(ann);
      expect(await ann.request('answerRelease', { leaseId, requestId, answer: 'released' })).toEqual({
        ok: true,
        answer: 'released',
      });
      await isAnswered(bo);
      expect(received(bo, 'releaseAnswered')).toEqual([{ requestId, leaseId, answer: 'released' }]);
      expect(received(ann, 'leaseLost')).toEqual([]);
      await acquire(bo, 'cities/1');
    });

    it('a takeover is decided with the state of the request', async () => {
      const asked: unknown[] = [];
      const { connect } = await open({
        authorize({ action, releaseRequest }) {
          if (action !== 'takeOver') return true;
          asked.push(releaseRequest);
          return releaseRequest === 'refused';
        },
      });
      const [ann, bo] = [await connect('ann'), await connect('bo')];
      const { leaseId } = await acquire(ann, 'cities/1');
      const takeOver = () => bo.request('takeOver', { records: ['cities/1'], reason: 'Urgent' });
      expect(codeOf(await takeOver())).toBe('forbidden');
      await ask(bo, leaseId);
      expect(codeOf(await takeOver())).toBe('forbidden');
      await isAsked(ann);
      await ann.request('answerRelease', { leaseId, requestId, answer: 'refused' });
      expect(await takeOver()).toMatchObject({ ok: true, lease: { recordCount: 1 } });
      expect(asked).toEqual([undefined, 'open', 'refused']);
    });

    it('a resumed tab gets its open requests again', async () => {
      const { connect } = await open();
      const [ann, bo] = [await connect('ann'), await connect('bo')];
      const leaseSecret = await acquire(ann, 'cities/1');
      await ask(bo, leaseSecret.leaseId);
      ann.drop();
      const again = await connect('ann');
      await again.request('resume', leaseSecret);
      await isAsked(again);
      expect(received(again, 'releaseRequested')).toMatchObject([{ requestId, by: userOf('bo') }]);
    });

    it('P12: a request is refused for a task, an own lease, other records, and without the permission', async () => {
      const { connect, startTask } = await open({
        authorize: ({ actor, action }) => !(actor.id === 'cy' && action === 'acquire'),
      });
      const [ann, cy] = [await connect('ann'), await connect('cy')];
      const task = await startTask({ label: 'Rename', records: ['cities/2'] });
      const { leaseId } = await acquire(ann, 'cities/1');
      const held = (await watch(ann, 'cities/2')).records['cities/2']?.[0] ?? task.id;
      const ofTask = { leaseId: held, records: ['cities/2' as const] };
      expect(codeOf(await ann.request('requestRelease', ofTask))).toBe('bad_request');
      expect(codeOf(await ask(ann, leaseId))).toBe('bad_request');
      const others = { leaseId, records: ['cities/3' as const] };
      expect(codeOf(await ann.request('requestRelease', others))).toBe('not_found');
      expect(codeOf(await ask(cy, leaseId))).toBe('forbidden');
      expect(codeOf(await cy.request('answerRelease', { leaseId, requestId, answer: 'later' }))).toBe(
        'lease_lost',
      );
      expect(codeOf(await ann.request('answerRelease', { leaseId, requestId, answer: 'later' }))).toBe(
        'not_found',
      );
    });
  });
}
