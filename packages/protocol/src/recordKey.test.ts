import { describe, expect, it } from 'vitest';
import { idOf, isRecordKey, malformed, recordKey, resourceOf, wholeResource } from './recordKey.ts';

describe('a record key', () => {
  it('a record key is a resource, a slash and an id, and can be split again', () => {
    const key = recordKey('cities', 2_988_507);
    expect(key).toBe('cities/2988507');
    expect([resourceOf(key), idOf(key)]).toEqual(['cities', '2988507']);
  });

  it('a record key may have an id with slashes, dots and letters of any script', () => {
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
  ])('a record key is not %j', (key) => {
    expect(isRecordKey(key)).toBe(false);
  });

  it('a number, null or an object is not a record key', () => {
    for (const value of [7, null, undefined, {}, ['cities/1']]) expect(isRecordKey(value)).toBe(false);
  });

  it.each<[unknown, string]>([
    [undefined, 'undefined is not an id of "cities"'],
    [null, 'null is not an id'],
    [Number.NaN, 'NaN is not an id'],
    [Number.POSITIVE_INFINITY, 'Infinity is not an id'],
    [7n, '7 is not an id'],
    [true, 'true is not an id'],
    [{ id: 7 }, '[object Object] is not an id'],
    [[7], '[object Array] is not an id'],
    [Symbol('id'), 'Symbol(id) is not an id'],
    ['', '"cities/" is not a record key'],
  ])('a record key is not made of %s as an id, and the error names the value', (id, words) => {
    expect(() => recordKey('cities', id as number)).toThrow(words);
  });

  it.each<[unknown, string]>([
    [undefined, 'undefined is not a resource'],
    [null, 'null is not a resource'],
    ['', '"" is not a resource'],
    ['Cities', '"Cities" is not a resource'],
  ])('a record key is not made of %s as a resource, and the error names the value', (resource, words) => {
    expect(() => recordKey(resource as string, 1)).toThrow(words);
    expect(() => wholeResource(resource as string)).toThrow(words);
  });

  it('a malformed record key is explained without repeating a long input', () => {
    expect(() => recordKey('cities', 'a\nb')).toThrow(
      '"cities/a\\nb" is not a record key. A record key is "<resource>/<id>"',
    );
    expect(malformed('x'.repeat(1_000_000)).length).toBeLessThan(300);
  });

  it('recordKey makes the same key of an id in every Unicode form', () => {
    const [composed, decomposed] = ['\u00cele de R\u00e9', 'I\u0302le de Re\u0301'];
    expect(recordKey('cities', decomposed)).toBe(recordKey('cities', composed));
    expect(isRecordKey(recordKey('cities', decomposed))).toBe(true);
    expect(recordKey('cities', '\u212b')).toBe('cities/\u00c5');
  });

  it('a record key in another form than NFC is refused, and the message says what to do', () => {
    expect(isRecordKey('cities/Re\u0301')).toBe(false);
    expect(malformed('cities/Re\u0301')).toContain('another Unicode form than NFC');
  });

  it.each(['cities/\ud83d', 'cities/a\u0085b', 'cities/a\u009b2J'])(
    'a record key has no half characters and no controls: %j',
    (key) => {
      expect(isRecordKey(key)).toBe(false);
    },
  );
});

it('an object whose toString is no function is refused in words', () => {
  expect(malformed({ toString: '' })).toContain('[object Object] is not a record key');
});
