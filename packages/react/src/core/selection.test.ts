import { describe, expect, it } from 'vitest';
import { isShallowEqual, Selection } from './selection.ts';

describe('a selection', () => {
  it('A selection is the same object until its content changes', () => {
    const selection = new Selection<{ ids: number[] }, number[]>();
    const even = ({ ids }: { ids: number[] }) => ids.filter((id) => id % 2 === 0);
    const first = selection.get({ ids: [1, 2] }, even);
    expect(selection.get({ ids: [2, 3] }, even)).toBe(first);
    expect(selection.get({ ids: [2, 4] }, even)).toEqual([2, 4]);
  });

  it('A selection is made once for the same snapshot and the same function', () => {
    const selection = new Selection<number, number>();
    let calls = 0;
    const double = (value: number) => {
      calls += 1;
      return value * 2;
    };
    expect([selection.get(2, double), selection.get(2, double), selection.get(3, double)]).toEqual([4, 4, 6]);
    expect(calls).toBe(2);
  });

  it('A selection with another function is another one', () => {
    const selection = new Selection<number, number>();
    expect(selection.get(2, (value) => value + 1)).toBe(3);
    expect(selection.get(2, (value) => value + 2)).toBe(4);
  });
});

describe('a shallow comparison', () => {
  it.each([
    [1, 1, true],
    [Number.NaN, Number.NaN, true],
    [[1, 2], [1, 2], true],
    [[1, 2], [2, 1], false],
    [{ a: 1 }, { a: 1 }, true],
    [{ a: 1 }, { b: 1 }, false],
    [{ a: undefined }, { b: undefined }, false],
    [{ a: [] }, { a: [] }, false],
    [[], {}, false],
    [new Map(), new Map(), false],
    [null, {}, false],
  ])('%o and %o are equal: %s', (one, other, isEqual) => {
    expect(isShallowEqual(one, other)).toBe(isEqual);
  });
});
