import { describe, expect, it } from 'vitest';
import { chooseMutations, mutate, mutations, scriptOf } from './mutations.mjs';

describe('every mutation', () => {
  it.each(mutations)('$name changes the present script: $means', (mutation) => {
    const script = scriptOf(mutation);
    expect(mutate(script, mutation)).not.toBe(script);
  });

  it('every mutation has a name of its own', () => {
    expect(new Set(mutations.map(({ name }) => name)).size).toBe(mutations.length);
  });
});

it('a mutation whose text is missing, or occurs twice, is an error', () => {
  const mutation = { name: 'X', file: 'x.lua', from: 'a', to: 'b' };
  expect(() => mutate('c', mutation)).toThrow('X: "a" occurs 0 times in src/locks/registry/lua/x.lua');
  expect(() => mutate('a a', mutation)).toThrow('occurs 2 times');
});

it('mutations are chosen by name, and an unknown name is an error', () => {
  expect(chooseMutations([])).toBe(mutations);
  expect(chooseMutations(['NO_MARK']).map(({ name }) => name)).toEqual(['NO_MARK']);
  expect(() => chooseMutations(['NO_MARKS'])).toThrow('There is no mutation "NO_MARKS"');
});
