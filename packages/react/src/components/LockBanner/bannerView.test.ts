import type { Conflict } from '@rowlock/protocol';
import { describe, expect, it } from 'vitest';
import { RowlockClientError } from '../../core/rowlockClientError.ts';
import { getBannerView } from './bannerView.ts';

const conflict: Conflict = {
  lease: {
    id: '1',
    holder: { type: 'person', id: 'tab-of-bo', label: 'Bo', actor: { id: 'bo', name: 'Bo' } },
    mode: 'exclusive',
    since: 0,
    recordCount: 1,
  },
  recordCount: 1,
  records: ['cities/1'],
};
const free = { isHeld: false, isWaiting: false, isAcquiring: false, conflicts: [] };
const refused = new RowlockClientError({ code: 'conflict', message: 'Held.', conflicts: [conflict] });
const forbidden = new RowlockClientError({ code: 'forbidden', message: 'No.' });

describe('getBannerView', () => {
  it.each([
    ['nothing of a row that nobody blocks', free, { kind: 'none' }],
    ['nothing of a held row', { ...free, isHeld: true, error: refused }, { kind: 'none' }],
    [
      'the holder to somebody who only reads',
      { ...free, conflicts: [conflict] },
      { kind: 'blocked', conflict, others: 0 },
    ],
    [
      'the wait before the holder',
      { ...free, isWaiting: true, conflicts: [conflict] },
      { kind: 'waiting', conflict },
    ],
    ['that a wanted row is free again', { ...free, error: refused }, { kind: 'free' }],
    ['no free row while the request for it is under way', { ...free, isAcquiring: true }, { kind: 'none' }],
    [
      'a loss when nobody has the row',
      { ...free, lost: { reason: 'idle' as const }, error: refused },
      { kind: 'lost' },
    ],
    ['a refusal that is no conflict', { ...free, error: forbidden }, { kind: 'refused', error: forbidden }],
  ])('The banner shows %s', (_, lock, view) => {
    expect(getBannerView(lock)).toEqual(view);
  });
});
