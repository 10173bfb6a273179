import { describe, expect, it } from 'vitest';
import type { CityView } from '../../gazetteer/cityView.ts';
import { check, editedFields, isEdited, keepMine, loadNewer, openDraft, receive, typeInto } from './draft.ts';

const paris: CityView = {
  id: 2988507,
  name: 'Paris',
  normalisedName: null,
  countryId: 'FR',
  countryName: 'France',
  regionId: 'FR.11',
  population: 2_138_551,
  populationShare: null,
  lat: 48.85341,
  lon: 2.3488,
  featureCode: 'PPLC',
  notes: '',
  updatedAt: null,
  updatedBy: null,
  version: 1,
};
const later: CityView = { ...paris, population: 2_200_000, version: 2, updatedBy: 'Bo Novak' };
const edited = typeInto(openDraft(paris), 'notes', 'a capital');

describe('a draft', () => {
  it('A draft knows which fields were edited', () => {
    expect(isEdited(openDraft(paris))).toBe(false);
    expect(editedFields(edited)).toEqual(['notes']);
    expect(isEdited(typeInto(edited, 'notes', ''))).toBe(false);
  });

  it('A draft follows the row while nothing was typed', () => {
    expect(receive(openDraft(paris), later).values.population).toBe('2200000');
  });

  it('A draft keeps its edits when the row changes, and shows that it has changed', () => {
    const told = receive(edited, later);
    expect(told.values).toEqual(edited.values);
    expect(told.newer).toEqual(later);
  });

  it('A draft ignores news that it has, and older news', () => {
    expect(receive(edited, paris)).toBe(edited);
    const told = receive(edited, later);
    expect(receive(told, later)).toBe(told);
    expect(receive(told, paris)).toBe(told);
  });

  it('A draft can be replaced by the new values', () => {
    const fresh = loadNewer(receive(edited, later));
    expect(fresh.values).toMatchObject({ notes: '', population: '2200000' });
    expect(fresh.newer).toBeUndefined();
  });

  it('Edits can be put upon the new values, and are saved over their version', () => {
    const mine = keepMine(receive(edited, later));
    expect(mine.values).toMatchObject({ notes: 'a capital', population: '2200000' });
    expect(check(mine)).toMatchObject({
      ok: true,
      edit: { version: 2, notes: 'a capital', population: 2_200_000 },
    });
  });

  it.each([
    ['name', '  '],
    ['population', '1.5'],
    ['population', '-1'],
    ['population', ''],
    ['lat', '91'],
    ['lon', 'east'],
  ] as const)('A draft with %s = "%s" is not sent', (field, value) => {
    const checked = check(typeInto(openDraft(paris), field, value));
    expect(checked.ok).toBe(false);
    expect(Object.keys(checked.ok ? {} : checked.errors)).toEqual([field]);
  });
});
