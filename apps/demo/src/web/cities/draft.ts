/**
 * An edit form's state, apart from React: what the row was when it was loaded, what has been typed, and whether the
 * row has changed meanwhile. News of the row never touches what has been typed.
 */
import type { CityEdit } from '../../gazetteer/cityEdit.ts';
import type { CityView } from '../../gazetteer/cityView.ts';

/** As in the inputs: text. */
export interface FormValues {
  name: string;
  regionId: string;
  population: string;
  lat: string;
  lon: string;
  notes: string;
}
export type Field = keyof FormValues;

export interface Draft {
  /** The row that the edit is made on */
  base: CityView;
  values: FormValues;
  /** The row as somebody has changed it since, while there are unsaved edits */
  newer?: CityView;
}

const valuesOf = (city: CityView): FormValues => ({
  name: city.name,
  regionId: city.regionId ?? '',
  population: String(city.population),
  lat: String(city.lat),
  lon: String(city.lon),
  notes: city.notes,
});

export const openDraft = (city: CityView): Draft => ({ base: city, values: valuesOf(city) });

export const typeInto = (draft: Draft, field: Field, value: string): Draft => ({
  ...draft,
  values: { ...draft.values, [field]: value },
});

export function editedFields(draft: Draft): Field[] {
  const loaded = valuesOf(draft.base);
  return (Object.keys(loaded) as Field[]).filter((field) => loaded[field] !== draft.values[field]);
}

export const isEdited = (draft: Draft): boolean => editedFields(draft).length > 0;

/** The row has been read again. An untouched form follows it; an edited one is told, and keeps what was typed. */
export function receive(draft: Draft, city: CityView): Draft {
  if (city.version <= (draft.newer ?? draft.base).version) return draft;
  return isEdited(draft) ? { ...draft, newer: city } : openDraft(city);
}

/** Gives up what was typed. */
export const loadNewer = (draft: Draft): Draft => openDraft(draft.newer ?? draft.base);

/** Puts what was typed upon the newer row; the fields that were not touched show its values. */
export function keepMine(draft: Draft): Draft {
  if (!draft.newer) return draft;
  const values = valuesOf(draft.newer);
  for (const field of editedFields(draft)) values[field] = draft.values[field];
  return { base: draft.newer, values };
}

export type Checked = { ok: true; edit: CityEdit } | { ok: false; errors: Partial<Record<Field, string>> };

/** What can be said before asking the server. */
export function check(draft: Draft): Checked {
  const { values, base } = draft;
  const errors: Partial<Record<Field, string>> = {};
  const name = values.name.trim();
  if (!name) errors.name = 'A city has a name.';
  const population = numberIn(values.population);
  if (population === undefined || !Number.isInteger(population) || population < 0) {
    errors.population = 'A whole number, 0 or more.';
  }
  const lat = numberIn(values.lat);
  if (lat === undefined || Math.abs(lat) > 90) errors.lat = 'A number from −90 to 90.';
  const lon = numberIn(values.lon);
  if (lon === undefined || Math.abs(lon) > 180) errors.lon = 'A number from −180 to 180.';
  if (Object.keys(errors).length > 0 || population === undefined || lat === undefined || lon === undefined) {
    return { ok: false, errors };
  }
  return {
    ok: true,
    edit: {
      version: base.version,
      name,
      regionId: values.regionId || null,
      population,
      lat,
      lon,
      notes: values.notes,
    },
  };
}

function numberIn(text: string): number | undefined {
  const value = Number(text.trim());
  return text.trim() !== '' && Number.isFinite(value) ? value : undefined;
}
