/** The inputs of the form of a city: their texts, their names, and the edit that a save sends. */
import { isSameTypedNumber, parseTypedNumber } from '@rowlock/react';
import type { CityEdit } from '../../gazetteer/cityEdit.ts';
import type { CityView } from '../../gazetteer/cityView.ts';
import { LOCALE } from '../format.ts';

/** A type, and not an interface: drafts of any row are records. */
export type CityForm = Record<CityField, string>;
export type CityField = 'name' | 'regionId' | 'population' | 'lat' | 'lon' | 'notes';
export type FieldErrors = Partial<Record<CityField, string>>;

export const FIELD_LABELS: Record<CityField, string> = {
  name: 'Name',
  regionId: 'Region',
  population: 'Population',
  lat: 'Latitude',
  lon: 'Longitude',
  notes: 'Notes',
};

export const toForm = (city: CityView): CityForm => ({
  name: city.name,
  regionId: city.regionId ?? '',
  population: String(city.population),
  lat: String(city.lat),
  lon: String(city.lon),
  notes: city.notes,
});

const NUMBERS: readonly CityField[] = ['population', 'lat', 'lon'];

/** Numbers may be typed as the list writes them: 8,836 is 8836. */
export const isSameField = (field: CityField, one: string, other: string): boolean =>
  NUMBERS.includes(field) ? isSameTypedNumber(one, other, LOCALE) : one === other;

export type Checked = { edit: CityEdit; errors?: undefined } | { edit?: undefined; errors: FieldErrors };

/** Checks that need no server. */
export function toEdit(form: CityForm): Checked {
  const errors: FieldErrors = {};
  const numberIn = (field: CityField, isGood: (value: number) => boolean, rule: string): number => {
    const value = parseTypedNumber(form[field], LOCALE);
    if (value === undefined || !isGood(value)) errors[field] = rule;
    return value ?? 0;
  };
  const name = form.name.trim();
  if (!name) errors.name = 'A city has a name.';
  const edit: CityEdit = {
    name,
    regionId: form.regionId || null,
    population: numberIn(
      'population',
      (value) => Number.isInteger(value) && value >= 0,
      'A whole number, 0 or more.',
    ),
    lat: numberIn('lat', (value) => Math.abs(value) <= 90, 'A number from −90 to 90.'),
    lon: numberIn('lon', (value) => Math.abs(value) <= 180, 'A number from −180 to 180.'),
    notes: form.notes,
  };
  return Object.keys(errors).length > 0 ? { errors } : { edit };
}

/** The server's objections to single fields, in the body of a refusal. */
export function toFieldErrors(body: unknown): FieldErrors | undefined {
  const { fields } = (body ?? {}) as { fields?: { field: string; message: string }[] };
  return fields && Object.fromEntries(fields.map(({ field, message }) => [field, message]));
}
