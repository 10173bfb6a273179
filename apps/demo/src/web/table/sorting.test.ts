import { describe, expect, it } from 'vitest';
import { fromSorting, toSorting } from './sorting.ts';
import type { Columns } from './tableFeatures.ts';

const columns: Columns<{ name: string; share: number }> = [
  { id: 'name', accessorKey: 'name' },
  { id: 'share', accessorKey: 'share', meta: { sort: 'populationShare' } },
];

describe('the order of a list', () => {
  it('The column is found by the name that the API sorts by', () => {
    expect(toSorting(columns, { sort: 'populationShare', dir: 'desc' })).toEqual([
      { id: 'share', desc: true },
    ]);
    expect(toSorting(columns, { sort: 'name', dir: 'asc' })).toEqual([{ id: 'name', desc: false }]);
  });

  it('An order that no column has marks no column', () => {
    expect(toSorting(columns, { sort: 'areaKm2', dir: 'asc' })).toEqual([]);
    expect(fromSorting(columns, [])).toBeUndefined();
  });

  it('A pressed header becomes the name of the API', () => {
    expect(fromSorting(columns, [{ id: 'share', desc: true }])).toEqual({
      sort: 'populationShare',
      dir: 'desc',
    });
    expect(fromSorting(columns, [{ id: 'name', desc: false }])).toEqual({ sort: 'name', dir: 'asc' });
  });
});
