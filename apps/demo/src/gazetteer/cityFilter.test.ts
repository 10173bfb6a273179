import { describe, expect, it } from 'vitest';
import { citySelection, describeSelection } from './cityFilter.ts';

describe('a selection', () => {
  it('a selection has either ids or a filter', () => {
    expect(citySelection.safeParse({ ids: [1, 2] }).success).toBe(true);
    expect(citySelection.safeParse({ filter: { country: 'FR' } }).success).toBe(true);
    expect(citySelection.safeParse({ ids: [1], filter: {} }).success).toBe(false);
    expect(citySelection.safeParse({ ids: [] }).success).toBe(false);
    expect(citySelection.safeParse({ filter: { colour: 'red' } }).success).toBe(false);
  });

  it.each([
    [{ ids: [1] }, '1 city'],
    [{ ids: [1, 2, 3] }, '3 cities'],
    [{ filter: {} }, 'all cities'],
    [{ filter: { country: 'FR' } }, 'France'],
    [{ filter: { country: 'FR', region: 'FR.11' } }, 'FR.11'],
    [{ filter: { country: 'FR', q: 'saint' } }, '“saint” in France'],
    [{ filter: { minPopulation: 10_000 } }, 'from 10,000 people'],
  ])('describeSelection describes %j as %s', (selection, words) =>
    expect(describeSelection(selection)).toBe(words),
  );
});
