import { join } from 'node:path';
import { expect, test } from 'vitest';
import { root } from '../lib/paths.mjs';
import { vitestTally } from './vitestTally.mjs';

const file = (name, status, assertionResults, message = '') => ({
  name: join(root, name),
  status,
  message,
  assertionResults,
});
const result = (status, title, failureMessages = []) => ({
  status,
  title,
  fullName: `outer ${title}`,
  failureMessages,
});

test('vitestTally counts passed and failed tests, and counts tests to be done as skipped', () => {
  const report = {
    testResults: [
      file('a.test.ts', 'failed', [
        result('passed', 'one'),
        result('failed', 'two', ['expected 1 to be 2']),
        result('pending', 'three'),
        result('skipped', 'four'),
        result('todo', 'five'),
      ]),
    ],
  };
  expect(vitestTally(report, { part: 'unit' })).toMatchObject({ passed: 1, failed: 1, skipped: 3 });
});

test('a failure says how to repeat it alone, whatever is in its name', () => {
  const report = {
    testResults: [file('a.test.ts', 'failed', [result('failed', "it's (really) 1", ['no'])])],
  };
  expect(vitestTally(report, { part: 'unit' }).failures).toEqual([
    {
      name: "a.test.ts > outer it's (really) 1",
      message: 'no',
      repeat: "npm test -- unit a.test.ts -t 'it'\\''s \\(really\\) 1'",
    },
  ]);
});

test('a file that could not even be loaded is a failure', () => {
  const report = { testResults: [file('a.test.ts', 'failed', [], 'SyntaxError: unexpected token')] };
  expect(vitestTally(report, { part: 'unit' })).toMatchObject({
    failed: 1,
    failures: [{ name: 'a.test.ts', message: 'SyntaxError: unexpected token' }],
  });
});
