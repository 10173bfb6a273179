import { describe, expect, it } from 'vitest';
import { countSelected, NOTHING, toggle, togglePage, toInput } from './selection.ts';

const page = [1, 2, 3];

describe('a selection of rows', () => {
  it('A selection grows and shrinks by single rows', () => {
    const one = toggle(NOTHING, 2, page);
    expect(countSelected(one, 100)).toBe(1);
    expect(countSelected(toggle(one, 2, page), 100)).toBe(0);
  });

  it('A selection adds a whole page, and removes it', () => {
    const all = togglePage(toggle(NOTHING, 2, page), page);
    expect(countSelected(all, 100)).toBe(3);
    expect(countSelected(togglePage(all, page), 100)).toBe(0);
  });

  it('A selection keeps rows of other pages', () => {
    const both = togglePage(toggle(NOTHING, 9, [9]), page);
    expect(countSelected(both, 100)).toBe(4);
  });

  it('A selection of all becomes the visible rows when one is removed', () => {
    const rest = toggle({ kind: 'all' }, 2, page);
    expect(toInput(rest, { country: 'FR' })).toEqual({ ids: [1, 3] });
  });

  it('A selection of all is sent as the filter of the list', () => {
    const filter = { country: 'FR', minPopulation: 1_000 };
    expect(toInput({ kind: 'all' }, filter)).toEqual({ filter });
  });
});
