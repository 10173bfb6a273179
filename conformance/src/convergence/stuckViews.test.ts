import { expect, test } from 'vitest';
import { StuckViews } from './stuckViews.ts';

const real = new Map([['cities/1', '7']]);
const showing = (leases: string | undefined) => new Map([['ann', new Map([['cities/1', leases]])]]);

test('a wrong view that lasts for more than 2 s is found', () => {
  const stuck = new StuckViews();
  expect(stuck.look(0, real, showing(''))).toEqual([]);
  expect(stuck.look(2_000, real, showing(''))).toEqual([]);
  expect(stuck.look(2_400, real, showing(''))).toHaveLength(1);
});

test.each<[string, Parameters<StuckViews['look']>]>([
  ['becomes right', [1_000, real, showing('7')]],
  ['becomes uncertain', [1_000, real, showing(undefined)]],
  ['changes', [1_000, real, showing('8')]],
  ['cannot be compared, since Redis does not answer', [1_000, undefined, showing('')]],
])('a wrong view that %s in between is no lie', (_what, between) => {
  const stuck = new StuckViews();
  stuck.look(0, real, showing(''));
  stuck.look(...between);
  expect(stuck.look(2_400, real, showing(''))).toEqual([]);
});

test('a held lease that the registry does not have is a lie', () => {
  const stuck = new StuckViews();
  const shown = new Map([['ann', new Map([['lease 9', 'in force']])]]);
  stuck.look(0, real, shown);
  expect(stuck.look(2_400, real, shown)).toHaveLength(1);
});
