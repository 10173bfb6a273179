/** The fields that the edit form sends, and those that `set-fields` may set. */
import { z } from 'zod';
import { MAX_POPULATION, regionId } from './cityFilter.ts';

const MAX_NOTES_LENGTH = 2_000;

const notes = z.string().max(MAX_NOTES_LENGTH);

export const cityEdit = z.strictObject({
  name: z.string().trim().min(1, 'a city needs a name').max(200),
  regionId: regionId.nullable(),
  population: z.number().int().min(0).max(MAX_POPULATION),
  lat: z.number().min(-90).max(90),
  lon: z.number().min(-180).max(180),
  notes,
});
export type CityEdit = z.infer<typeof cityEdit>;

export const fieldsToSet = z
  .strictObject({
    regionId: regionId.optional(),
    notes: notes.optional(),
    /** The population becomes population × this, rounded */
    populationMultiplier: z.number().min(0.01).max(100).optional(),
  })
  .refine((fields) => Object.values(fields).some((value) => value !== undefined), {
    error: 'nothing to set: give regionId, notes or populationMultiplier',
  });
export type FieldsToSet = z.infer<typeof fieldsToSet>;
