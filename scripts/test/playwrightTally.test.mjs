import { expect, test } from 'vitest';
import { playwrightTally } from './playwrightTally.mjs';

const spec = (title, status, errors = []) => ({
  title,
  file: 'edit.spec.ts',
  line: 7,
  tests: [{ status, results: [{ errors }] }],
});

test('playwrightTally counts specs at any depth, and a flaky one as failed', () => {
  const report = {
    suites: [
      {
        specs: [spec('opens', 'expected'), spec('skips', 'skipped')],
        suites: [
          { specs: [spec('wavers', 'flaky', [{ message: 'timeout' }]), spec('breaks', 'unexpected')] },
        ],
      },
    ],
  };
  expect(playwrightTally(report, { part: 'e2e' })).toMatchObject({
    passed: 1,
    failed: 2,
    skipped: 1,
    failures: [
      { name: 'edit.spec.ts > wavers', message: 'timeout', repeat: 'npm test -- e2e edit.spec.ts:7' },
      { name: 'edit.spec.ts > breaks' },
    ],
  });
});

test('an error outside of any test is a failure', () => {
  const report = { suites: [], errors: [{ message: 'the demo did not start' }] };
  expect(playwrightTally(report, { part: 'e2e' })).toMatchObject({
    failed: 1,
    failures: [{ message: 'the demo did not start' }],
  });
});
