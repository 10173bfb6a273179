import { expect, test } from 'vitest';
import { isLockTimeout } from './lockTimeout.ts';

test.each([
  ['pg', { code: '55P03' }],
  ['node:sqlite', { code: 'ERR_SQLITE_ERROR', errcode: 5 }],
  ['node:sqlite, with an extended code', { code: 'ERR_SQLITE_ERROR', errcode: 517 }],
  ['better-sqlite3', { code: 'SQLITE_BUSY' }],
  ['mysql2', { code: 'ER_LOCK_WAIT_TIMEOUT', errno: 1205 }],
])('isLockTimeout recognizes the lock timeout of %s', (_, error) => {
  expect(isLockTimeout(error)).toBe(true);
});

test.each([{ code: '23505' }, { code: 'ERR_SQLITE_ERROR', errcode: 19 }, { errno: 1062 }, null, 'busy'])(
  'isLockTimeout does not accept %j',
  (error) => {
    expect(isLockTimeout(error)).toBe(false);
  },
);
