/**
 * An edit form's state without React: the row as it was loaded, the edits, and whether the row has changed meanwhile. News
 * of the row never touches the edits.
 */
import type { CityEdit } from '../../gazetteer/cityEdit.ts';
import type { CityView } from '../../gazetteer/cityView.ts';

/** The texts of the inputs. */
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
  /** The row as somebody has changed it meanwhile, if there are unsaved edits */
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

/** The row was loaded again. A form without edits follows it. A form with edits keeps them, and shows that the row has changed. */
export function receive(draft: Draft, city: CityView): Draft {
  if (city.version <= (draft.newer ?? draft.base).version) return draft;
  return isEdited(draft) ? { ...draft, newer: city } : openDraft(city);
}

/** Gives up the edits. */
export const loadNewer = (draft: Draft): Draft => openDraft(draft.newer ?? draft.base);

/** Puts the edits upon the newer row. Fields without edits show its values. */
export function keepMine(draft: Draft): Draft {
  if (!draft.newer) return draft;
  const values = valuesOf(draft.newer);
  for (const field of editedFields(draft)) values[field] = draft.values[field];
  return { base: draft.newer, values };
}

export type Checked = { ok: true; edit: CityEdit } | { ok: false; errors: Partial<Record<Field, string>> };

/** Checks that need no server. */
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
