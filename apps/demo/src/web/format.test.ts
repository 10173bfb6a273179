import { describe, expect, it } from 'vitest';
import { formatDuration, formatWhen } from './format.ts';

const now = new Date(2026, 10, 24, 15, 30).getTime();
const ago = (minutes: number) => now - minutes * 60_000;

describe('formatWhen', () => {
  it('A time is relative up to an hour', () => {
    expect(formatWhen(ago(0.5), now)).toBe('just now');
    expect(formatWhen(ago(3), now)).toBe('3 min ago');
    expect(formatWhen(ago(59), now)).toBe('59 min ago');
  });

  it('A time after that is by the clock, with the day if it is another one', () => {
    expect(formatWhen(ago(120), now)).toMatch(/30/);
    expect(formatWhen(ago(120), now)).not.toMatch(/24/);
    expect(formatWhen(ago(2 * 24 * 60), now)).toMatch(/22/);
  });
});

describe('formatDuration', () => {
  it.each([
    [-5, '< 0.1 s'],
    [30, '< 0.1 s'],
    [430, '0.4 s'],
    [9_960, '10 s'],
    [21_400, '21 s'],
    [59_700, '1 min'],
    [125_000, '2 min 5 s'],
    [3_599_800, '1 h'],
    [3_840_000, '1 h 4 min'],
  ])('A duration of %i ms is written as %s', (ms, words) => expect(formatDuration(ms)).toBe(words));
});
