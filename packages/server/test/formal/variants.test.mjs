import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { chooseVariants, properties, variants } from './variants.mjs';

const model = readFileSync(new URL('lease.pml', import.meta.url), 'utf8');
const allOf = (pattern) => [...model.matchAll(pattern)].map(([, name]) => name);
const BOUNDS = ['HOLDERS', 'HEARTBEATS'];

test('the properties are those of the model', () => {
  expect(Object.keys(properties)).toEqual(allOf(/^ltl (\w+)/gm));
});

test('the variants make every mistake of the model, and no other', () => {
  const inModel = new Set(allOf(/^#ifn?def (\w+)/gm).filter((name) => !BOUNDS.includes(name)));
  expect(new Set(variants.flatMap(({ defines }) => defines))).toEqual(inModel);
});

test.each(Object.keys(properties))(
  '%s is searched in the protocol as designed, and must find a mistake',
  (property) => {
    const expected = variants
      .filter((variant) => variant.property === property)
      .map((variant) => variant.expected);
    expect(new Set(expected)).toEqual(new Set(['none', 'error']));
  },
);

test('words choose variants by mistake and by property', () => {
  expect(chooseVariants([])).toBe(variants);
  expect(chooseVariants(['NO_SEAL'])).toMatchObject([{ name: 'NO_SEAL', property: 'noLostUpdate' }]);
  expect(chooseVariants(['exclusion'])).toMatchObject([{ name: 'as designed' }, { name: 'SWEEP_BLIND' }]);
});

test('an unknown word is refused, and the error lists all words', () => {
  expect(() => chooseVariants(['NO_SEEL'])).toThrow(/no "NO_SEEL".*noLostUpdate.*NO_SEAL/);
});
