import { describe, expect, it } from 'vitest';
import { fieldsToSet } from '../gazetteer/cityEdit.ts';
import { MAX_POPULATION } from '../gazetteer/cityFilter.ts';
import { changeOf } from './setFields.ts';

describe('set-fields', () => {
  it('changes what is given and nothing else', () => {
    expect(changeOf({ population: 100 }, { notes: 'x' })).toEqual({ notes: 'x' });
    expect(changeOf({ population: 101 }, { populationMultiplier: 1.5 })).toEqual({ population: 152 });
  });

  it('keeps a population within what the database holds', () => {
    expect(changeOf({ population: MAX_POPULATION }, { populationMultiplier: 100 }).population).toBe(
      MAX_POPULATION,
    );
  });

  it.each([
    [{}],
    [{ populationMultiplier: 0 }],
    [{ populationMultiplier: 1000 }],
    [{ regionId: 'Paris' }],
    [{ name: 'x' }],
  ])('refuses %j', (fields) => expect(fieldsToSet.safeParse(fields).success).toBe(false));
});
