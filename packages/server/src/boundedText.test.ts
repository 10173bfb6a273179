import { describe, expect, it } from 'vitest';
import { boundedText, errorText, stackText } from './boundedText.ts';

const throwing = () => {
  throw new Error('never seen');
};
const hostile = new Proxy(
  {},
  { get: throwing, getPrototypeOf: throwing, has: throwing, ownKeys: throwing },
) as unknown;

describe('a bounded text', () => {
  it('a bounded text shows that it was shortened', () => {
    expect(boundedText('a'.repeat(10_000_000), 5)).toBe('aaaa…');
    expect(boundedText('abcde', 5)).toBe('abcde');
  });

  it('a bounded text is valid Unicode, even if the limit is inside a character', () => {
    expect(boundedText('\ud800x', 10)).toBe('\ufffdx');
    expect(boundedText('ab😀', 10)).toBe('ab😀');
    expect(boundedText('ab😀cd', 4)).toBe('ab\ufffd…');
  });

  it('a bounded text contains no control characters', () => {
    expect(boundedText('a\u0000b\u001b[31mc\u202ed\u2028e\nf\tg', 50)).toBe('a b [31mc\ufffdd e\nf\tg');
  });

  it('a bounded text can come from any value, without calling it', () => {
    const values = [
      undefined,
      null,
      5,
      Number.NaN,
      7n,
      Symbol('s'),
      { toString: throwing },
      hostile,
      throwing,
    ];
    expect(values.map((value) => boundedText(value, 40))).toEqual([
      'undefined',
      'null',
      '5',
      'NaN',
      '7',
      'Symbol(s)',
      '[object Object]',
      '[object]',
      '[object Function]',
    ]);
  });
});

describe('an error in words', () => {
  it('the words of an error are its message, and are never empty', () => {
    expect(errorText(new Error('Disk is full'), 100)).toBe('Disk is full');
    expect(errorText(new Error(''), 100)).toBe('It failed without saying why.');
    expect(errorText('plain', 100)).toBe('plain');
    expect(errorText({ message: 'like an error' }, 100)).toBe('like an error');
  });

  it('the words of a thrown value say that it is not an error', () => {
    expect(errorText({ code: 5 }, 100)).toBe('It threw a value that is no error: [object Object].');
    expect(errorText(hostile, 100)).toBe('It threw a value that is no error: [object].');
    expect(errorText(undefined, 100)).toBe('undefined');
  });

  it('the words of an error come with a stack apart, if there is one', () => {
    expect(stackText(new Error('x'), 30)).toMatch(/^Error: x\n/);
    expect(stackText(hostile, 30)).toBeUndefined();
    expect(stackText({ stack: 5 }, 30)).toBeUndefined();
  });
});
