import { describe, expect, it } from 'vitest';
import { CHUNK_SIZE, packRecords, unpackRecords } from './packedIds.ts';

describe('packed ids', () => {
  it('keep every record once, grouped by resource', () => {
    expect(packRecords(['cities/1', 'regions/FR.11', 'cities/2', 'cities/1'])).toEqual([
      'cities\n1\n2',
      'regions\nFR.11',
    ]);
  });

  it('are cut into chunks that a script can unpack', () => {
    const records = Array.from({ length: CHUNK_SIZE + 1 }, (_, i) => `cities/${i}` as const);
    const chunks = packRecords(records);
    expect(chunks).toHaveLength(2);
    expect(unpackRecords(chunks)).toEqual(records);
  });

  it('keep ids with slashes and spaces whole', () => {
    expect(unpackRecords(packRecords(['files/a/b c.txt']))).toEqual(['files/a/b c.txt']);
  });
});
