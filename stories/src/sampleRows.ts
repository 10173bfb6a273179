import { idOf, type RecordKey } from '@rowlock/protocol';

const NAMES = [
  'Paris',
  'Lyon',
  'Marseille',
  'Toulouse',
  'Nice',
  'Nantes',
  'Montpellier',
  'Strasbourg',
  'Bordeaux',
  'Lille',
  'Rennes',
  'Reims',
  'Toulon',
  'Saint-Étienne',
  'Le Havre',
  'Grenoble',
  'Dijon',
  'Angers',
  'Nîmes',
  'Villeurbanne',
  'Clermont-Ferrand',
  'Aix-en-Provence',
  'Brest',
  'Tours',
  'Amiens',
];

/** The first rows of a table of cities. */
export const cities = (count: number, from = 0): RecordKey[] =>
  Array.from({ length: count }, (_, index): RecordKey => `cities/${from + index}`);

export const cityName = (key: RecordKey): string => NAMES[Number(idOf(key)) % NAMES.length] ?? idOf(key);

export const MINUTE_MS = 60_000;

export const LONG_LABEL =
  'Recompute the share of each city in the population of its region and country · Provence-Alpes-Côte d’Azur, Auvergne-Rhône-Alpes, Bourgogne-Franche-Comté';
