/** Rules for each message: a malformed one is refused, and all count toward the limits of a tab and of its user. */
import { clientMessages } from '@rowlock/protocol';
import { describe, expect, it } from 'vitest';
import type { OpenSubject } from '../subject/subject.ts';
import { codeOf, watch } from './tabs.ts';

export function everyMessage(open: OpenSubject): void {
  describe('every message', () => {
    it.each(Object.keys(clientMessages))(
      '%s is refused with an unknown field, and with another type',
      async (name) => {
        const { connect } = await open();
        const ann = await connect('ann');
        for (const malformed of [{ unknownField: 1 }, 'text', 7, [], [{}]]) {
          expect(codeOf(await ann.requestRaw(name, malformed)), JSON.stringify(malformed)).toBe(
            'bad_request',
          );
        }
        expect(ann.isConnected).toBe(true);
      },
    );

    it('an unknown message is refused', async () => {
      const { connect } = await open();
      const ann = await connect('ann');
      for (const name of ['unknown', '__proto__', 'constructor', 'toString']) {
        expect(codeOf(await ann.requestRaw(name, {})), name).toBe('bad_request');
      }
    });

    it('malformed records and unknown resources are refused', async () => {
      const { connect } = await open();
      const ann = await connect('ann');
      for (const record of ['Cities/1', 'cities/', 'cities', 'cities/\u0000', 'cities/e\u0301', 7, null]) {
        expect(codeOf(await ann.requestRaw('watch', { records: [record] })), String(record)).toBe(
          'bad_request',
        );
        expect(codeOf(await ann.requestRaw('acquire', { records: [record] })), String(record)).toBe(
          'bad_request',
        );
      }
      expect(codeOf(await ann.request('watch', { records: ['planets/1'] }))).toBe('unknown_resource');
      expect(codeOf(await ann.request('acquire', { records: ['planets/1'] }))).toBe('unknown_resource');
    });

    it('a tab that sends too many messages is refused, and others are not', async () => {
      const { connect } = await open({ limits: { messagesPer10s: 3 } });
      const [ann, again] = [await connect('ann'), await connect('ann')];
      for (const _time of [1, 2, 3]) expect(await ann.request('confirm', {})).toMatchObject({ ok: true });
      expect(codeOf(await ann.request('confirm', {}))).toBe('rate_limited');
      await watch(again, 'cities/1');
    });

    it('a message counts once more for each 100 records in it', async () => {
      const { connect } = await open({ limits: { messagesPer10s: 4 } });
      const ann = await connect('ann');
      const records = Array.from({ length: 300 }, (_, i) => `cities/${i}` as const);
      await watch(ann, ...records);
      expect(codeOf(await ann.request('confirm', {}))).toBe('rate_limited');
    });

    it('the tabs of a user that send too many messages together are refused, and other users are not', async () => {
      const { connect } = await open({ limits: { messagesPer10sOfUser: 2 } });
      const [ann, again, bo] = [await connect('ann'), await connect('ann'), await connect('bo')];
      expect(await ann.request('confirm', {})).toMatchObject({ ok: true });
      expect(await again.request('confirm', {})).toMatchObject({ ok: true });
      expect(codeOf(await again.request('confirm', {}))).toBe('rate_limited');
      expect(await bo.request('confirm', {})).toMatchObject({ ok: true });
    });
  });
}
