import type { LeaseId, RecordKey } from '@rowlock/protocol';
import { expect, test } from 'vitest';
import { StuckViews } from './stuckViews.ts';

const leases = (ids: LeaseId[] | undefined) => new Map<RecordKey, LeaseId[] | undefined>([['cities/1', ids]]);
const real = new Map<RecordKey, LeaseId[]>([['cities/1', ['7']]]);
const showing = (ids: LeaseId[] | undefined) => new Map([['ann', leases(ids)]]);

test('a wrong view that lasts for more than 2 s is found', () => {
  const stuck = new StuckViews();
  expect(stuck.look(0, real, showing([]))).toEqual([]);
  expect(stuck.look(2_000, real, showing([]))).toEqual([]);
  expect(stuck.look(2_400, real, showing([]))).toHaveLength(1);
});

test.each<[string, Parameters<StuckViews['look']>]>([
  ['becomes right', [1_000, real, showing(['7'])]],
  ['becomes uncertain', [1_000, real, showing(undefined)]],
  ['changes', [1_000, real, showing(['8'])]],
  ['cannot be compared, since Redis does not answer', [1_000, undefined, showing([])]],
])('a wrong view that %s in between is no lie', (_what, between) => {
  const stuck = new StuckViews();
  stuck.look(0, real, showing([]));
  stuck.look(...between);
  expect(stuck.look(2_400, real, showing([]))).toEqual([]);
});
