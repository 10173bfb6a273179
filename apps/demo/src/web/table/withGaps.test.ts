import { describe, expect, it } from 'vitest';
import { withGaps } from './withGaps.ts';

const row = (index: number) => ({ index, start: index * 10, end: index * 10 + 10 });

describe('the gaps of a virtual list', () => {
  it('Gaps keep every rendered row where it would be if all rows were rendered', () => {
    expect(withGaps([row(0), row(5), row(6)], 100)).toEqual({
      placed: [
        { index: 0, gap: 0 },
        { index: 5, gap: 40 },
        { index: 6, gap: 0 },
      ],
      after: 30,
    });
  });

  it('A list without a rendered row is one gap', () => {
    expect(withGaps([], 100)).toEqual({ placed: [], after: 100 });
  });
});
