import { expect, test } from 'vitest';
import { lastLine, oneCheck, sum, withTruth } from './tally.mjs';

const run = { part: 'unit', exit: 'exit code 0', repeat: 'npm test -- unit' };
const nothing = { passed: 0, failed: 0, skipped: 0, failures: [] };

test('the last line counts passed, failed and skipped', () => {
  expect(lastLine(sum([oneCheck('types'), oneCheck('lint', 'a problem'), { ...nothing, skipped: 2 }]))).toBe(
    '1 passed, 1 failed, 2 skipped',
  );
});

test('a part that ran nothing has failed', () => {
  expect(withTruth(nothing, run)).toMatchObject({ failed: 1, failures: [{ message: 'it ran no test' }] });
});

test('a part of which all was skipped has failed too', () => {
  expect(withTruth({ ...nothing, skipped: 3 }, run)).toMatchObject({ failed: 1, skipped: 3 });
});

test('a part that crashed after its last test has failed', () => {
  expect(withTruth({ ...nothing, passed: 9 }, { ...run, exit: 'signal SIGSEGV' })).toMatchObject({
    passed: 9,
    failed: 1,
  });
});

test('an exit code that failed tests explain adds nothing', () => {
  const tally = { ...nothing, passed: 1, failed: 1, failures: [{}] };
  expect(withTruth(tally, { ...run, exit: 'exit code 1' })).toBe(tally);
});
