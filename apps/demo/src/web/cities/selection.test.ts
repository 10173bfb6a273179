import { describe, expect, it } from 'vitest';
import { countSelected, NOTHING, type Selection, toInput, toRows } from './selection.ts';

const page = [1, 2, 3];
const all: Selection = { kind: 'all' };
const filter = { country: 'FR', minPopulation: 1_000 };

describe('the selection', () => {
  it('Some selected rows are counted and sent by their ids, also those of other pages', () => {
    const some: Selection = { kind: 'some', rows: { 1: true, 9: true } };
    expect(countSelected(some, 100)).toBe(2);
    expect(toRows(some, page)).toEqual({ 1: true, 9: true });
    expect(toInput(some, filter)).toEqual({ ids: [1, 9] });
    expect(countSelected(NOTHING, 100)).toBe(0);
  });

  it('A selection of all counts every match and marks the rows of the page', () => {
    expect(countSelected(all, 100)).toBe(100);
    expect(toRows(all, page)).toEqual({ 1: true, 2: true, 3: true });
  });

  it('A selection of all is sent as the filter of the list', () => {
    expect(toInput(all, filter)).toEqual({ filter });
  });
});
