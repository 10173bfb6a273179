import { describe, expect, test } from 'vitest';
import { formatNotYet, lowered, parseNotYet, problemsOf } from './notYet.mjs';

const failing = (counts) =>
  Object.entries(counts).flatMap(([path, count]) => Array.from({ length: count }, () => ({ path })));
const listed = (counts) => new Map(Object.entries(counts));

test('the list is written as it is read', () => {
  const text = '   2 a.ts\n  10 b/c.md\n';
  expect(formatNotYet(parseNotYet(text))).toBe(text);
  expect(() => parseNotYet('a.ts 2')).toThrow('not "<count> <path>"');
});

describe('problemsOf', () => {
  test('a listed file may get better, and no file may get worse', () => {
    const files = ['a.ts', 'b.ts', 'c.ts'];
    expect(problemsOf(listed({ 'a.ts': 3, 'b.ts': 1 }), failing({ 'a.ts': 2, 'b.ts': 1 }), files)).toEqual(
      [],
    );
    expect(problemsOf(listed({ 'a.ts': 1 }), failing({ 'a.ts': 2, 'c.ts': 1 }), files)).toEqual([
      'a.ts: 2 findings, 1 allowed. See `pnpm prose a.ts`',
      'c.ts: 1 findings, 0 allowed. See `pnpm prose c.ts`',
    ]);
  });

  test('a listed file that is clean, or does not exist, is a problem', () => {
    expect(problemsOf(listed({ 'a.ts': 1, 'gone.ts': 1 }), [], ['a.ts'])).toEqual([
      'a.ts is clean. Delete its line in scripts/prose/notYet.txt, or run `pnpm prose --update`',
      'gone.ts does not exist. Run `pnpm prose --update`',
    ]);
  });
});

describe('lowered', () => {
  test('counts only fall, and clean files leave the list', () => {
    const { budgets, problems } = lowered(
      listed({ 'a.ts': 3, 'b.ts': 1, 'c.ts': 1 }),
      failing({ 'a.ts': 2, 'c.ts': 2, 'd.ts': 1 }),
      ['a.ts', 'b.ts', 'c.ts', 'd.ts'],
    );
    expect(Object.fromEntries(budgets)).toEqual({ 'a.ts': 2, 'c.ts': 1 });
    expect(problems).toEqual(['c.ts: 2 findings, 1 allowed', 'd.ts: 1 findings, none allowed']);
  });

  test('a file that is moved or split keeps what it was allowed', () => {
    const { budgets, problems } = lowered(
      listed({ 'old.ts': 3 }),
      failing({ 'new.ts': 2, 'other.ts': 1, 'third.ts': 1 }),
      ['new.ts', 'other.ts', 'third.ts'],
    );
    expect(Object.fromEntries(budgets)).toEqual({ 'new.ts': 2, 'other.ts': 1 });
    expect(problems).toEqual(['third.ts: 1 findings, none allowed']);
  });
});
