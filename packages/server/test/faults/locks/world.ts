/** The records that clients compete for: a small gazetteer in which every city lies in a region. */
import type { LockScope, RecordKey } from '@rowlock/protocol';
import type { HierarchyRules } from '../../../src/locks/registry/hierarchy.ts';
import type { CellsOf } from './holds.ts';

export const CITY_COUNT = 300;
export const REGION_COUNT = 6;

export const cityKey = (number: number): RecordKey => `cities/${number}`;
export const regionKey = (number: number): RecordKey => `regions/${number}`;
const regionOf = (city: number | string): RecordKey => regionKey(Number(city) % REGION_COUNT);

export const HIERARCHY: HierarchyRules = {
  cities: { under: ['regions'], getAncestors: (ids) => ids.map((id) => [regionOf(id)]) },
};

const CITIES = Array.from({ length: CITY_COUNT }, (_, number) => cityKey(number));

/** Two locks have a cell in common if and only if they overlap. */
export const cellsOf: CellsOf = (record: RecordKey, scope: LockScope) => {
  if (record === 'cities/*') return CITIES;
  if (scope === 'record' || !record.startsWith('regions/')) return [record];
  return [record, ...CITIES.filter((city) => regionOf(city.slice('cities/'.length)) === record)];
};
