import type { RecordKey } from '@rowlock/protocol';
import { describe, expect, it } from 'vitest';
import { readCoverage } from './coverage.ts';
import { createHierarchy } from './hierarchy.ts';
import { CHUNK_SIZE, packRecords, packWithAncestors } from './packedRecords.ts';

describe('packed records', () => {
  it('packed records keep every record once, grouped by resource', () => {
    expect(packRecords(['cities/1', 'regions/FR.11', 'cities/2', 'cities/1'])).toEqual([
      'cities\n1\n2',
      'regions\nFR.11',
    ]);
  });

  it('packed records keep every record once, also if doubles are far apart, or only the last is out of order', () => {
    const records = ['cities/9', 'cities/10', 'cities/11', 'cities/9'] as const;
    expect(packRecords(records)).toEqual(['cities\n9\n10\n11']);
    expect(packRecords(['cities/9', 'cities/9'])).toEqual(['cities\n9']);
    expect(packRecords(['cities/9', 'cities/10', 'regions/1', 'cities/11'])).toEqual([
      'cities\n9\n10\n11',
      'regions\n1',
    ]);
  });

  it('packed records are cut into chunks that a script can unpack', () => {
    const records = Array.from({ length: CHUNK_SIZE + 1 }, (_, i) => `cities/${i}` as const);
    const chunks = packRecords(records);
    expect(chunks).toHaveLength(2);
    expect(readCoverage(chunks).records).toEqual(records);
  });

  it.each(['cities/a\nb', 'cities/', 'cities', 'Cities/1', `cities/${'x'.repeat(129)}`, 'cities/\u0001'])(
    'packRecords refuses %j at any place, so that packed records are never misread',
    (key) => {
      const records = ['cities/1', key, 'cities/2'] as RecordKey[];
      expect(() => packRecords(records)).toThrow('is not a record key');
    },
  );

  it('packed records keep ids with slashes and spaces whole', () => {
    expect(readCoverage(packRecords(['files/a/b c.txt'])).records).toEqual(['files/a/b c.txt']);
  });
});

describe('records packed with their nodes', () => {
  const hierarchy = createHierarchy({
    cities: { under: ['regions'], getAncestors: (ids) => ids.map(() => ['regions/A']) },
  });

  it.each(['constructor/1', 'regions/a b/c', `regions/${'x'.repeat(128)}`] as RecordKey[])(
    'a record of scope %s is packed alone as beside another record',
    async (record) => {
      const alone = await packWithAncestors(hierarchy, [record]);
      const twice = await packWithAncestors(hierarchy, [record, record]);
      expect(alone).toEqual(twice);
      expect(alone.nodes).toBe(`${record.split('/')[0]}/*`);
    },
  );

  it('records packed with their nodes name the ancestors of a single record, too', async () => {
    expect(await packWithAncestors(hierarchy, ['cities/1'])).toEqual({
      nodes: 'cities/*\nregions/A',
      chunks: ['cities\t1,2\n1'],
    });
  });

  it('a packed record may be a whole resource, or the root of a subtree', async () => {
    expect(await packWithAncestors(hierarchy, ['regions/*'])).toEqual({ nodes: '', chunks: ['^regions\n*'] });
    expect(await packWithAncestors(hierarchy, ['regions/A'], 'subtree')).toEqual({
      nodes: 'regions/*\ncities/*',
      chunks: ['^regions\t1,2\nA'],
    });
  });

  it.each(['cities', 'Cities/1', 'cities/', 'cities/a\nb'])(
    'records are refused if one of them is not a key: %j',
    async (key) => {
      await expect(packWithAncestors(hierarchy, [key as RecordKey])).rejects.toThrow('is not a record key');
    },
  );
});
