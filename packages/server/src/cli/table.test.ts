import { describe, expect, it } from 'vitest';
import { age, table } from './table.ts';

describe('a table', () => {
  it('a table has columns as wide as their widest cell, and no blanks at the end', () => {
    expect(
      table(
        ['ID', 'WHO'],
        [
          ['1', 'Ann'],
          ['1000', 'Bo'],
        ],
      ),
    ).toEqual(['ID    WHO', '1     Ann', '1000  Bo']);
  });
  it('a table removes terminal control characters', () => {
    expect(table(['WHO'], [['\u001b[2J\u202Eevil\n']])[1]).toBe('\uFFFD[2J\uFFFDevil\uFFFD');
  });
});

describe('an age', () => {
  it.each([
    [0, '0 s'],
    [-5_000, '0 s'],
    [59_000, '59 s'],
    [60_000, '1 min'],
    [3_600_000, '1 h'],
    [7_500_000, '2 h 5 min'],
    [90_000_000, '1 d'],
  ])('an age of %i ms is written as %s', (ms, words) => expect(age(ms, 0)).toBe(words));
});
