import { describe, expect, it } from 'vitest';
import { idOf, isRecordKey, malformed, recordKey, resourceOf } from './recordKey.ts';

describe('a record key', () => {
  it('is a resource, a slash and an id, and comes apart again', () => {
    const key = recordKey('cities', 2_988_507);
    expect(key).toBe('cities/2988507');
    expect([resourceOf(key), idOf(key)]).toEqual(['cities', '2988507']);
  });

  it('may have an id with slashes, dots and letters of any script', () => {
    for (const id of ['FR.11', 'a/b', 'Île de Ré', '東京']) expect(idOf(recordKey('regions', id))).toBe(id);
  });

  it.each([
    '',
    'cities',
    'cities/',
    '/1',
    'Cities/1',
    '1cities/1',
    'cities/a\nb',
    'cities/*',
    `cities/${'x'.repeat(129)}`,
  ])('is not %j', (key) => {
    expect(isRecordKey(key)).toBe(false);
  });

  it('is not a number, null or an object', () => {
    for (const value of [7, null, undefined, {}, ['cities/1']]) expect(isRecordKey(value)).toBe(false);
  });

  it('is explained where it is malformed, without repeating a long input', () => {
    expect(() => recordKey('Cities', 1)).toThrow(
      '"Cities/1" is not a record key. A record key is "<resource>/<id>"',
    );
    expect(malformed('x'.repeat(1_000_000)).length).toBeLessThan(300);
  });
});
