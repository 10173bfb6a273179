import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { throughJson } from './jsonValue.ts';

class City {
  readonly name = 'Paris';
}
const circular: Record<string, unknown> = {};
circular.list = [circular];
const shared = { id: 1 };
const throwing = () => {
  throw new Error('a getter threw');
};

describe('a value on its way through JSON', () => {
  it.each<[string, unknown, string]>([
    ['a Date', { since: new Date(0) }, 'it has an instance of Date at "since"'],
    ['NaN', { rows: [1, Number.NaN] }, 'it has NaN at "rows.1"'],
    ['Infinity', { most: Number.NEGATIVE_INFINITY }, 'it has -Infinity at "most"'],
    ['-0', [-0], 'it has -0 at "0"'],
    ['a Map', { map: new Map([[1, 2]]) }, 'it has an instance of Map at "map"'],
    ['a Set', new Set(['a']), 'it has an instance of Set'],
    ['undefined in a list', { ids: ['1', undefined] }, 'it has undefined at "ids.1"'],
    [
      'a list with a gap',
      { ids: Object.assign([], { 2: 'x' }) },
      'it has a list with gaps or named values at "ids"',
    ],
    ['a class instance', { city: new City() }, 'it has an instance of City at "city"'],
    ['an Error', new Error('x'), 'it has an instance of Error'],
    ['a Buffer', { bytes: Buffer.from('x') }, 'it has an instance of Buffer at "bytes"'],
    ['a function in an object', { run: throwing }, 'it has a function at "run"'],
    ['a symbol as a key', { [Symbol('s')]: 1 }, 'it has a symbol as a key'],
  ])('a value is changed if it has %s', (_name, value, why) => {
    expect(throughJson(value)).toMatchObject({ kind: 'changed', why });
  });

  it.each<[string, unknown, string]>([
    ['is undefined', undefined, 'it has undefined'],
    ['has a BigInt', { fence: 7n }, 'it has a BigInt at "fence"'],
    ['contains itself', circular, 'it has an object that contains itself at "list.0"'],
    [
      'has a getter that throws',
      Object.defineProperty({}, 'x', { get: throwing, enumerable: true }),
      'it cannot be read',
    ],
    [
      'is a proxy that throws',
      new Proxy({}, { getPrototypeOf: throwing, ownKeys: throwing }),
      'it cannot be read',
    ],
  ])('a value is impossible if it %s', (_name, value, why) => {
    expect(throughJson(value)).toMatchObject({ kind: 'impossible', why: expect.stringContaining(why) });
  });

  it.each<[string, unknown]>([
    ['plain values', { a: [1.5, 'x', true, null, { b: [] }] }],
    ['one object at two places', [shared, shared]],
    ['an object of another realm', runInNewContext('({ ids: [1] })')],
    ['an object without a prototype', Object.assign(Object.create(null), { a: 1 })],
    ['half of an emoji', '\ud800'],
    ['a polluting key', JSON.parse('{"__proto__":{"a":1}}')],
  ])('a value is unchanged if it has %s', (_name, value) => {
    const sent = throughJson(value);
    expect(sent.kind).toBe('same');
    expect(JSON.stringify(JSON.parse((sent as { json: string }).json))).toBe(JSON.stringify(value));
  });

  it('a value loses undefined keys, and counts as unchanged', () => {
    expect(throughJson({ a: undefined, b: 1 })).toEqual({ kind: 'same', json: '{"b":1}' });
  });
});
