/** `watch` with `presence`: who else looks at a record. */
import type { RecordKey, Viewers } from '@rowlock/protocol';
import { until } from '@rowlock/test-utils';
import { describe, expect, it } from 'vitest';
import type { Connection, OpenSubject } from '../subject/subject.ts';
import { codeOf, received, watch } from './tabs.ts';

async function look(tab: Connection, ...presence: RecordKey[]): Promise<Record<RecordKey, Viewers>> {
  const answer = await tab.request('watch', { presence });
  if (!answer.ok) throw new Error(answer.error.message);
  return answer.viewers ?? {};
}

const sees = (tab: Connection, record: RecordKey, ...ids: string[]) =>
  until(
    () => {
      const seen = received(tab, 'changes')
        .map(({ viewers }) => viewers?.[record])
        .findLast((viewers) => viewers !== undefined);
      return seen?.count === ids.length && seen.actors.map(({ id }) => id).join() === ids.join();
    },
    { what: `${ids.join()} at ${record}` },
  );

export function presence(open: OpenSubject): void {
  describe('watch with presence', () => {
    it('viewers see each other, until one of them stops looking or disconnects', async () => {
      const { connect } = await open();
      const [ann, bo, chen] = [await connect('ann'), await connect('bo'), await connect('chen')];
      expect(await look(ann, 'cities/1', 'cities/2')).toEqual({
        'cities/1': { actors: [], count: 0 },
        'cities/2': { actors: [], count: 0 },
      });
      expect(await look(bo, 'cities/1')).toMatchObject({ 'cities/1': { actors: [{ id: 'ann' }], count: 1 } });
      await sees(ann, 'cities/1', 'bo');
      await look(chen, 'cities/1');
      await sees(ann, 'cities/1', 'bo', 'chen');
      await bo.request('unwatch', { presence: ['cities/1'] });
      await sees(ann, 'cities/1', 'chen');
      chen.drop();
      await sees(ann, 'cities/1');
    });

    it('a tab that only watches the locks of a record is not seen, and is sent no viewers', async () => {
      const { connect } = await open();
      const [ann, bo] = [await connect('ann'), await connect('bo')];
      await look(ann, 'cities/1');
      await watch(bo, 'cities/1');
      await look(await connect('chen'), 'cities/1');
      await sees(ann, 'cities/1', 'chen');
      expect(received(bo, 'changes')).toEqual([]);
    });

    it('P12: a user who may not watch a record is refused, and is not seen', async () => {
      const { connect } = await open({ authorize: ({ actor }) => actor.id !== 'bo' });
      const [ann, bo] = [await connect('ann'), await connect('bo')];
      await look(ann, 'cities/1');
      expect(codeOf(await bo.request('watch', { presence: ['cities/1'] }))).toBe('forbidden');
      expect(codeOf(await ann.request('watch', { presence: ['planets/1'] }))).toBe('unknown_resource');
      await look(await connect('chen'), 'cities/1');
      await sees(ann, 'cities/1', 'chen');
    });

    it('a server without presence refuses the viewers of records, and sends the locks', async () => {
      const { connect } = await open({ presence: false });
      const ann = await connect('ann');
      expect(codeOf(await ann.request('watch', { presence: ['cities/1'] }))).toBe('forbidden');
      expect((await watch(ann, 'cities/1')).records).toEqual({ 'cities/1': [] });
    });

    it('the records beyond the limit of a tab are refused', async () => {
      const { connect } = await open({ limits: { presenceRecords: 1 } });
      const ann = await connect('ann');
      await look(ann, 'cities/1');
      await look(ann, 'cities/1');
      expect(codeOf(await ann.request('watch', { presence: ['cities/2'] }))).toBe('too_many_records');
      await ann.request('unwatch', { presence: ['cities/1'] });
      await look(ann, 'cities/2');
    });
  });
}
