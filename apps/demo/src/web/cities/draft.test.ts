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
  it('knows which fields were typed into', () => {
    expect(isEdited(openDraft(paris))).toBe(false);
    expect(editedFields(edited)).toEqual(['notes']);
    expect(isEdited(typeInto(edited, 'notes', ''))).toBe(false);
  });

  it('follows the row while nothing was typed', () => {
    expect(receive(openDraft(paris), later).values.population).toBe('2200000');
  });

  it('keeps what was typed when the row changes, and says that it has', () => {
    const told = receive(edited, later);
    expect(told.values).toEqual(edited.values);
    expect(told.newer).toEqual(later);
  });

  it('takes no notice of news that it has, or that is older', () => {
    expect(receive(edited, paris)).toBe(edited);
    const told = receive(edited, later);
    expect(receive(told, later)).toBe(told);
    expect(receive(told, paris)).toBe(told);
  });

  it('can give way to the new values', () => {
    const fresh = loadNewer(receive(edited, later));
    expect(fresh.values).toMatchObject({ notes: '', population: '2200000' });
    expect(fresh.newer).toBeUndefined();
  });

  it('can be put upon the new values, and is saved over their version', () => {
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
  ] as const)('is not sent with %s = "%s"', (field, value) => {
    const checked = check(typeInto(openDraft(paris), field, value));
    expect(checked.ok).toBe(false);
    expect(Object.keys(checked.ok ? {} : checked.errors)).toEqual([field]);
  });
});
