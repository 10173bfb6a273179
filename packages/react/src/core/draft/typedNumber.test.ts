import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isSameTypedNumber, parseTypedNumber } from './typedNumber.ts';

describe('numbers as people type them', () => {
  it('A number is read as the lists of its language write it', () => {
    const finite = fc.double({ min: -1e12, max: 1e12, noNaN: true });
    fc.assert(
      fc.property(finite, fc.constantFrom('en', 'de', 'fr', 'de-CH', 'sv', 'en-IN'), (number, locale) => {
        const rounded = Number(number.toFixed(2)) || 0;
        const text = rounded.toLocaleString(locale, { maximumFractionDigits: 2 });
        expect(parseTypedNumber(text, locale)).toBe(rounded);
      }),
    );
  });

  it.each([
    ['8836', 'en', 8836],
    [' 8 836 ', 'en', 8836],
    ['-1.5', 'en', -1.5],
    ['.5', 'en', 0.5],
    ['8.836', 'de', 8836],
    ['8836,5', 'de', 8836.5],
    ['1,5', 'en', undefined],
    ['1.2.3', 'en', undefined],
    ['8.83', 'de', undefined],
    ['', 'en', undefined],
    ['ten', 'en', undefined],
    ['-', 'en', undefined],
  ])('%j in %s means %s', (text, locale, number) => {
    expect(parseTypedNumber(text, locale)).toBe(number);
  });

  it('Texts that are no numbers are the same only if they are equal', () => {
    expect(isSameTypedNumber('8,836', 8836, 'en')).toBe(true);
    expect(isSameTypedNumber('ten', 'ten', 'en')).toBe(true);
    expect(isSameTypedNumber('ten', 'zehn', 'en')).toBe(false);
    expect(isSameTypedNumber('', 0, 'en')).toBe(false);
  });
});
