import { describe, expect, it } from 'vitest';
import { fieldsToSet } from '../gazetteer/cityEdit.ts';
import { MAX_POPULATION } from '../gazetteer/cityFilter.ts';
import { getChange } from './setFields.ts';

describe('set-fields', () => {
  it('set-fields changes only the given fields', () => {
    expect(getChange({ population: 100 }, { notes: 'x' })).toEqual({ notes: 'x' });
    expect(getChange({ population: 101 }, { populationMultiplier: 1.5 })).toEqual({ population: 152 });
  });

  it('set-fields limits a population to the largest one in the database', () => {
    expect(getChange({ population: MAX_POPULATION }, { populationMultiplier: 100 }).population).toBe(
      MAX_POPULATION,
    );
  });

  it.each([
    [{}],
    [{ populationMultiplier: 0 }],
    [{ populationMultiplier: 1000 }],
    [{ regionId: 'Paris' }],
    [{ name: 'x' }],
  ])('set-fields refuses %j', (fields) => expect(fieldsToSet.safeParse(fields).success).toBe(false));
});
