import { describe, expect, it } from 'vitest';
import { type CityForm, isSameField, toEdit, toFieldErrors } from './cityForm.ts';

const form: CityForm = {
  name: ' Rome ',
  regionId: '',
  population: '2,318,895',
  lat: '41.9',
  lon: '12.5',
  notes: '',
};

describe('the form of a city', () => {
  it('A form becomes the edit that a save sends', () => {
    expect(toEdit(form).edit).toEqual({
      name: 'Rome',
      regionId: null,
      population: 2_318_895,
      lat: 41.9,
      lon: 12.5,
      notes: '',
    });
  });

  it('A form with impossible values says so at each field', () => {
    const { edit, errors } = toEdit({ ...form, name: ' ', population: '1.5', lat: '91', lon: 'east' });
    expect(edit).toBeUndefined();
    expect(Object.keys(errors ?? {})).toEqual(['name', 'population', 'lat', 'lon']);
  });

  it('A number that is typed as the list writes it is no change', () => {
    expect(isSameField('population', '2,318,895', '2318895')).toBe(true);
    expect(isSameField('notes', '2,318,895', '2318895')).toBe(false);
  });

  it('Objections of the server are shown at their fields', () => {
    expect(toFieldErrors({ fields: [{ field: 'regionId', message: 'not a region of Italy' }] })).toEqual({
      regionId: 'not a region of Italy',
    });
    expect(toFieldErrors({ code: 'conflict' })).toBeUndefined();
    expect(toFieldErrors(undefined)).toBeUndefined();
  });
});
