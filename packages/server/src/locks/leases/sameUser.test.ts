import type { Conflict, Holder, RecordKey } from '@rowlock/protocol';
import { describe, expect, it } from 'vitest';
import { ann, bo, cities } from '../../../test/fixtures/lockFixture.ts';
import { assertSameUser, listMovable } from './sameUser.ts';

const otherTab: Holder = { ...ann, id: 'another-tab-of-ann' };
const conflictWith = (holder: Holder, records: RecordKey[], isWaiting = false): Conflict => ({
  lease: { id: '7', holder, mode: 'exclusive', since: 0, recordCount: records.length },
  recordCount: records.length,
  records,
  ...(isWaiting && { isWaiting }),
});
const isMovable = (...conflicts: Conflict[]) =>
  listMovable(conflicts, { holder: ann, records: cities(1, 2) }).length > 0;

describe('leases that can be moved', () => {
  it('a lease of another tab of the same user can be moved', () => {
    expect(isMovable(conflictWith(otherTab, cities(1, 1)))).toBe(true);
  });

  it.each<[string, Holder]>([
    ['of another user', bo],
    ['of the same tab', ann],
    ['of a task of the user', { ...ann, type: 'task', id: 'task-1' }],
    ['of a guarded write that is under way', { ...ann, id: 'request-1' }],
  ])('a lease %s cannot be moved, nor any other lease with it', (_whose, holder) => {
    const other = conflictWith(holder, cities(1, 1));
    expect(isMovable(other)).toBe(false);
    expect(isMovable(conflictWith(otherTab, cities(2, 1)), other)).toBe(false);
  });

  it('somebody who waits for the records of the older tab continues to wait', () => {
    expect(isMovable(conflictWith(otherTab, cities(1, 2)), conflictWith(bo, cities(1, 2), true))).toBe(true);
  });

  it('somebody who waits for a record that no tab of the user holds is not overtaken', () => {
    expect(isMovable(conflictWith(otherTab, cities(1, 1)), conflictWith(bo, cities(1, 2), true))).toBe(false);
    expect(isMovable(conflictWith(bo, cities(1, 1), true))).toBe(false);
  });
});

it('an unknown setting is refused with the known ones', () => {
  expect(() => assertSameUser('merge' as never)).toThrow('must be one of: separate,');
  expect(() => assertSameUser(undefined)).not.toThrow();
});
