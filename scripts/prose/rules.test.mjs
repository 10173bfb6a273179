import { describe, expect, test } from 'vitest';
import { breaches } from './judge.mjs';
import { rules } from './rules.mjs';

/** A file, and a kind of text, that the rule is about. */
const path = 'packages/server/src/locks/leases.ts';
const broken = (rule, text) =>
  breaches({ text, kind: rule.kinds?.[0] ?? 'comment', isWhole: rule.isOfWholeText ?? false }, path).map(
    (breach) => breach.rule,
  );

describe.each(rules)('the rule $name', (rule) => {
  test.each(rule.finds)('the rule finds: %s', (text) => {
    expect(broken(rule, text)).toContain(rule.name);
  });

  test.each(rule.allows)('the rule allows: %s', (text) => {
    expect(broken(rule, text)).not.toContain(rule.name);
  });
});

test('each rule has a name of its own, a hint and examples', () => {
  expect(new Set(rules.map(({ name }) => name)).size).toBe(rules.length);
  for (const { name, hint, finds, allows } of rules) {
    expect({ name, isWhole: Boolean(hint && finds.length && allows.length) }).toEqual({
      name,
      isWhole: true,
    });
  }
});

test('a repeated word and a wrong article are found, but not beside code', () => {
  const found = (text) => breaches({ text, kind: 'page' }).map(({ rule }) => rule);
  expect(found('the the lease ends')).toEqual(['repeated-word']);
  expect(found('an lease')).toEqual(['article']);
  expect(found('It is a X, or an X X.')).toEqual([]);
});
