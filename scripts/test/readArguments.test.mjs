import { expect, test } from 'vitest';
import { readArguments } from './readArguments.mjs';

const known = ['types', 'unit', 'redis'];

test('no argument means every part', () => {
  expect(readArguments([], known)).toEqual({ names: known, args: [] });
});

test('named parts run in their own order', () => {
  expect(readArguments(['redis', 'types'], known)).toEqual({ names: ['types', 'redis'], args: [] });
});

test('the arguments after one part are passed on', () => {
  expect(readArguments(['unit', 'a.test.ts', '-t', 'name'], known)).toEqual({
    names: ['unit'],
    args: ['a.test.ts', '-t', 'name'],
  });
});

test('an unknown part is refused, with the names of those that there are', () => {
  expect(() => readArguments(['unti'], known)).toThrow(
    'There is no part "unti". The parts are: types, unit, redis.',
  );
});

test('arguments for several parts at once are refused', () => {
  expect(() => readArguments(['unit', 'redis', 'a.test.ts'], known)).toThrow('to one part only');
});
