import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { choose, type Edits, type FieldOf, NO_EDITS, setField, settleSaved } from './edits.ts';
import { getSaveVersion, mergeEdits } from './mergeEdits.ts';
import { isSameTypedNumber } from './typedNumber.ts';

interface City {
  name: string;
  region: string;
  population: string;
  tags: readonly string[];
}
const fields = ['name', 'region', 'population', 'tags'] as const satisfies FieldOf<City>[];
const paris: City = { name: 'Paris', region: 'IDF', population: '2100000', tags: ['capital'] };

/** Few values, so that equal ones are common. */
const word = fc.constantFrom('', 'a', 'b', 'c');
const cities = fc.record({
  name: word,
  region: word,
  population: word,
  tags: fc.array(word, { maxLength: 2 }),
});
const typed = fc.array(fc.tuple(fc.constantFrom(...fields), cities), { maxLength: 6 });

const type = (row: City, all: readonly (readonly [FieldOf<City>, City])[], version?: number): Edits<City> =>
  all.reduce<Edits<City>>(
    (edits, [field, from]) => setField(edits, field, from[field], { row, version }),
    NO_EDITS,
  );

describe('merging edits with a newer row', () => {
  it('No typed value is lost: the form shows it, whatever the row is now', () => {
    fc.assert(
      fc.property(cities, cities, typed, (base, theirs, all) => {
        const edits = type(base, all);
        const { values } = mergeEdits(theirs, edits);
        for (const field of fields) {
          if (edits[field]) expect(values[field]).toEqual(edits[field].mine);
        }
      }),
    );
  });

  it('A field that the user has not touched follows the row', () => {
    fc.assert(
      fc.property(cities, cities, typed, (base, theirs, all) => {
        const edits = type(base, all);
        const { values, conflicts } = mergeEdits(theirs, edits);
        for (const field of fields) {
          if (edits[field]) continue;
          expect(values[field]).toEqual(theirs[field]);
          expect(conflicts.map((conflict) => conflict.field)).not.toContain(field);
        }
      }),
    );
  });

  it('A conflict is a field that both have changed, to different values', () => {
    fc.assert(
      fc.property(cities, cities, typed, (base, theirs, all) => {
        const { values, conflicts } = mergeEdits(theirs, type(base, all));
        const differ = (a: unknown, b: unknown) => JSON.stringify(a) !== JSON.stringify(b);
        const expected = fields.filter(
          (field) =>
            differ(values[field], base[field]) &&
            differ(theirs[field], base[field]) &&
            differ(values[field], theirs[field]),
        );
        expect(conflicts.map(({ field }) => field).sort()).toEqual([...expected].sort());
      }),
    );
  });

  it('Merging with the result of the merge changes nothing', () => {
    fc.assert(
      fc.property(cities, cities, typed, (base, theirs, all) => {
        const edits = type(base, all);
        const once = mergeEdits(theirs, edits);
        const twice = mergeEdits(once.values, edits);
        expect(twice.values).toEqual(once.values);
        expect(twice.conflicts).toEqual([]);
        expect(twice.dirtyFields).toEqual([]);
      }),
    );
  });

  it('A choice of all of theirs gives their values, and a choice of all of mine loses nothing', () => {
    fc.assert(
      fc.property(cities, cities, typed, (base, theirs, all) => {
        const edits = type(base, all);
        const touched = Object.keys(edits) as FieldOf<City>[];
        const { conflicts } = mergeEdits(theirs, edits);
        const names = conflicts.map(({ field }) => field);
        const taken = mergeEdits(theirs, choose(edits, names, 'theirs', theirs));
        for (const { field } of conflicts) expect(taken.values[field]).toEqual(theirs[field]);
        const kept = mergeEdits(theirs, choose(edits, names, 'mine', theirs));
        for (const field of touched) expect(kept.values[field]).toEqual(edits[field]?.mine);
        for (const merged of [taken, kept])
          expect(merged.conflicts.every(({ choice }) => choice !== undefined)).toBe(true);
      }),
    );
  });

  it('Edits survive JSON', () => {
    fc.assert(
      fc.property(cities, cities, typed, (base, theirs, all) => {
        const edits = type(base, all, 7);
        const stored = JSON.parse(JSON.stringify(edits)) as Edits<City>;
        expect(mergeEdits(theirs, stored)).toEqual(mergeEdits(theirs, edits));
      }),
    );
  });

  it('After a save of what the form shows, no edits are left', () => {
    fc.assert(
      fc.property(cities, cities, typed, (base, theirs, all) => {
        const edits = type(base, all);
        const { values } = mergeEdits(theirs, edits);
        expect(settleSaved(edits, values, { row: values, version: 9 })).toEqual({});
      }),
    );
  });
});

describe('one edit', () => {
  const loaded = { row: paris, version: 5 };
  const edits = setField<City, 'name'>(NO_EDITS, 'name', 'Lutetia', loaded);
  const theirs = { ...paris, name: 'PARIS' };

  it('A value that is typed back is no edit', () => {
    expect(setField(edits, 'name', 'Paris', loaded)).toEqual({});
  });

  it('The same change by both is no conflict, and not dirty', () => {
    expect(mergeEdits({ ...paris, name: 'Lutetia' }, edits)).toMatchObject({
      dirtyFields: [],
      conflicts: [],
    });
  });

  it('A choice for mine is open again when the field changes once more', () => {
    const chosen = choose(edits, ['name'], 'mine', theirs);
    expect(mergeEdits(theirs, chosen)).toMatchObject({
      conflicts: [{ choice: 'mine' }],
      dirtyFields: ['name'],
    });
    expect(mergeEdits({ ...paris, name: 'P.' }, chosen)).toMatchObject({
      conflicts: [{ choice: undefined }],
    });
  });

  it('A choice for theirs can be changed, since the typed value is kept', () => {
    const taken = choose(edits, ['name'], 'theirs', theirs);
    expect(mergeEdits(theirs, taken)).toMatchObject({ values: { name: 'PARIS' }, dirtyFields: [] });
    const kept = choose(taken, ['name'], 'mine', theirs);
    expect(mergeEdits(theirs, kept).values.name).toBe('Lutetia');
  });

  it('A choice for theirs counts also when the row changes once more, or changes back', () => {
    const taken = choose(edits, ['name'], 'theirs', theirs);
    expect(mergeEdits({ ...paris, name: 'P.' }, taken)).toMatchObject({
      values: { name: 'P.' },
      conflicts: [{ choice: 'theirs' }],
    });
    expect(mergeEdits(paris, taken)).toMatchObject({ values: paris, dirtyFields: [], conflicts: [] });
  });

  it('Typing into a field with an open conflict leaves the conflict open', () => {
    const typedMore = setField(edits, 'name', 'Lutetia!', { row: theirs, version: 8 });
    expect(mergeEdits(theirs, typedMore).conflicts).toMatchObject([{ base: 'Paris', mine: 'Lutetia!' }]);
  });

  it('Typing into a field after a choice is an edit of the new value', () => {
    const chosen = choose(edits, ['name'], 'theirs', theirs);
    const typedMore = setField(chosen, 'name', 'Paname', { row: theirs, version: 8 });
    expect(mergeEdits(theirs, typedMore)).toMatchObject({ conflicts: [], dirtyFields: ['name'] });
  });

  it('A value typed during a save stays, on top of the saved row', () => {
    const typedMore = setField(edits, 'name', 'Lutetia!', loaded);
    const saved = { ...paris, name: 'Lutetia' };
    const left = settleSaved(typedMore, { ...paris, name: 'Lutetia' }, { row: saved, version: 9 });
    expect(left).toEqual({ name: { mine: 'Lutetia!', base: 'Lutetia', version: 9 } });
  });

  it('A save names the version before the change of somebody else, until the user has chosen', () => {
    const open = mergeEdits(theirs, edits).conflicts;
    expect(getSaveVersion(edits, open, 8)).toBe(5);
    const chosen = choose(edits, ['name'], 'mine', theirs);
    expect(getSaveVersion(chosen, mergeEdits(theirs, chosen).conflicts, 8)).toBe(8);
  });

  it('A number that is written in another way keeps its text, and is no change', () => {
    const isSame = (field: string, a: unknown, b: unknown) =>
      field === 'population' ? isSameTypedNumber(a, b, 'en') : Object.is(a, b);
    const spaced = setField<City, 'population'>(NO_EDITS, 'population', '2,100,000', loaded);
    expect(mergeEdits(paris, spaced, isSame)).toMatchObject({
      values: { population: '2,100,000' },
      dirtyFields: [],
      conflicts: [],
    });
    // As soon as the row changes, there is nothing to keep.
    expect(mergeEdits({ ...paris, population: '5' }, spaced, isSame)).toMatchObject({
      values: { population: '5' },
      conflicts: [],
    });
  });
});
