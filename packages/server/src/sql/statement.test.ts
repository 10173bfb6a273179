import { expect, test } from 'vitest';
import { quoted, statement } from './statement.ts';

test("PostgreSQL's placeholders are numbered, and a name that comes twice is one parameter", () => {
  expect(
    statement('postgresql', 'update t set f = :fence where f <= :fence and id in (:ids)', {
      fence: '7',
      ids: [1, 2],
    }),
  ).toEqual({
    sql: 'update t set f = $1 where f <= $1 and id in ($2, $3)',
    parameters: ['7', 1, 2],
  });
});

test.each(['sqlite', 'mysql'] as const)(
  'the placeholders of %s are question marks, and each has a parameter',
  (dialect) => {
    expect(
      statement(dialect, 'update t set f = :fence where f <= :fence and id in (:ids)', {
        fence: '7',
        ids: [1, 2],
      }),
    ).toEqual({ sql: 'update t set f = ? where f <= ? and id in (?, ?)', parameters: ['7', '7', 1, 2] });
  },
);

test('a parameter may be null, and a placeholder without a parameter is refused', () => {
  expect(statement('sqlite', 'select :nothing', { nothing: null })).toEqual({
    sql: 'select ?',
    parameters: [null],
  });
  expect(() => statement('sqlite', 'select :nothing', {})).toThrow(':nothing');
});

test('the names of tables are quoted part by part, and never taken as SQL', () => {
  expect(quoted('postgresql', 'tenant.cities')).toBe('"tenant"."cities"');
  expect(quoted('sqlite', 'cities"; drop table cities; --')).toBe('"cities""; drop table cities; --"');
  expect(quoted('mysql', 'a`b')).toBe('`a``b`');
});
