import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { getTextChange } from './textChange.ts';

const notes = 'The capital of France, on the Seine. It has twenty districts, and a river with many bridges.';
const join = (parts: ReturnType<typeof getTextChange>, without: 'added' | 'removed') =>
  parts
    ?.filter(({ kind }) => kind !== without)
    .map(({ text }) => text)
    .join('');

describe('the difference between two texts', () => {
  it('Changed words of a longer text are marked', () => {
    const change = getTextChange(notes, notes.replace('twenty', 'ten'));
    expect(change?.filter(({ kind }) => kind !== 'same')).toMatchObject([
      { text: 'twenty', kind: 'removed' },
      { text: 'ten', kind: 'added' },
    ]);
  });

  it('Both texts can be read from their difference', () => {
    const words = fc.array(fc.constantFrom('one', 'two', ' ', '\n', ', '), { minLength: 20, maxLength: 60 });
    fc.assert(
      fc.property(words, words, (a, b) => {
        const [before, after] = [a.join(''), b.join('')];
        const change = getTextChange(before, after);
        if (!change) return;
        expect(join(change, 'added')).toBe(before);
        expect(join(change, 'removed')).toBe(after);
      }),
    );
  });

  it.each([
    ['short texts', 'Paris', 'Lutetia'],
    ['equal texts', notes, notes],
    ['texts with nothing in common', notes, 'x'.repeat(100)],
    ['very long texts', notes, notes.repeat(200)],
  ])('Of %s there is no difference to show', (_kind, before, after) => {
    expect(getTextChange(before, after)).toBeUndefined();
  });
});
