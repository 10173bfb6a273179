import { expect, test } from 'vitest';
import { problemsOf } from './check.mjs';
import { findingsIn } from './judge.mjs';

test('a finding fails the check, and its line names the file, the rule and what to write', () => {
  const findings = findingsIn('a.md', '# Leases\n\nThe holder lets go of one.\n');
  expect(problemsOf(findings)).toEqual(['a.md:3  word-release: "lets go" → a lease is released']);
});

test('a warning does not fail the check', () => {
  const findings = findingsIn('a.md', '# Workers\n\nThe worker died.\n');
  expect(findings).toMatchObject([{ rule: 'plain-die', isWarning: true }]);
  expect(problemsOf(findings)).toEqual([]);
});
