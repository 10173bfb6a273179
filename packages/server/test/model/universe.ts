/** A small world for tests of the registry: two countries with three regions and six cities, and their hierarchy. */
import { type Holder, idOf, type RecordKey, resourceOf, wholeResource } from '@rowlock/protocol';
import type { HierarchyRules } from '../../src/locks/registry/hierarchy.ts';

const PARENTS: Readonly<Record<RecordKey, RecordKey>> = {
  'regions/a1': 'countries/A',
  'regions/a2': 'countries/A',
  'regions/b1': 'countries/B',
  'cities/1': 'regions/a1',
  'cities/2': 'regions/a1',
  'cities/3': 'regions/a2',
  'cities/4': 'regions/a2',
  'cities/5': 'regions/b1',
  'cities/6': 'regions/b1',
};

export const ROWS: readonly RecordKey[] = [
  'countries/A',
  'countries/B',
  ...(Object.keys(PARENTS) as RecordKey[]),
];
export const RESOURCES: readonly string[] = ['countries', 'regions', 'cities'];
export const LOCKABLE: readonly RecordKey[] = [...ROWS, ...RESOURCES.map(wholeResource)];

/** The resources whose rows may be below a row of this one. */
export const belowResource = (resource: string): readonly string[] =>
  RESOURCES.slice(RESOURCES.indexOf(resource) + 1);

/** The rows above a row, nearest first. */
export function getAncestors(row: RecordKey): RecordKey[] {
  const parent = PARENTS[row];
  return parent ? [parent, ...getAncestors(parent)] : [];
}

const rulesFor = (resource: string, under: string[]) => ({
  under,
  getAncestors: (ids: readonly string[]) => ids.map((id) => getAncestors(`${resource}/${id}`)),
});
export const HIERARCHY: HierarchyRules = {
  regions: rulesFor('regions', ['countries']),
  cities: rulesFor('cities', ['regions', 'countries']),
};

/** All rows that a lock covers. */
export const rowsUnder = (key: RecordKey, isSubtree: boolean): RecordKey[] =>
  ROWS.filter(
    (row) =>
      row === key ||
      (idOf(key) === '*' && resourceOf(row) === resourceOf(key)) ||
      (isSubtree && getAncestors(row).includes(key)),
  );

export const HOLDER_COUNT = 4;
/** Two tabs of each user. Holders that share do so with the other tab of their user. */
const USER_COUNT = 2;
export const userOf = (holder: number): number => holder % USER_COUNT;
export const holderOf = (number: number, shares = false): Holder => ({
  type: 'person',
  id: `tab-${number}`,
  label: `Edit ${number}`,
  actor: { id: `user-${userOf(number)}`, name: `User ${userOf(number)}` },
  ...(shares && { sharesWithUser: true }),
});
