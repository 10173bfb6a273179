import { describe, expect, it } from 'vitest';
import { filesByPart, partOf } from './partOf.mjs';
import { readFlakyArguments } from './readFlakyArguments.mjs';
import { createFlakyReport } from './report.mjs';
import { testFiles } from './testFiles.mjs';

describe('pnpm flaky', () => {
  it('pnpm flaky reads files, times and load in any order', () => {
    expect(readFlakyArguments(['--times', '20', './a.test.ts', '--beside-load', 'b.test.ts'])).toEqual({
      files: ['a.test.ts', 'b.test.ts'],
      times: 20,
      besideLoad: true,
    });
    expect(readFlakyArguments(['--times=3'])).toEqual({ files: [], times: 3, besideLoad: false });
  });

  it.for([['--times'], ['--times', '0'], ['--times', 'many'], ['--time', '3']])(
    'pnpm flaky refuses %s with its usage',
    (argv) => {
      expect(() => readFlakyArguments(argv)).toThrow('Usage: pnpm flaky');
    },
  );

  it.for([
    ['packages/server/src/gateway/redisOutage.redis.test.ts', 'redis'],
    ['packages/server/src/gateway/lane.test.ts', 'unit'],
    ['packages/test-utils/src/until.test.ts', 'redis'],
    ['apps/demo/src/tasks/setFields.test.ts', 'redis'],
    ['apps/bench/src/cases/watching.redis.test.ts', 'postgres'],
    ['packages/server/src/sql/fencing.postgres.test.ts', 'postgres'],
    ['packages/react/src/hooks/useTaskLock.browser.test.tsx', 'browser'],
    ['e2e/src/journeys/tryTheReadme.spec.ts', 'e2e'],
  ])('pnpm flaky runs %s by the part %s', ([file, part]) => {
    expect(partOf(file)).toBe(part);
  });

  it('pnpm flaky runs whole parts if no file is named', () => {
    expect([...filesByPart([], ['redis', 'e2e'])]).toEqual([
      ['redis', []],
      ['e2e', []],
    ]);
    expect(filesByPart(['a.test.ts', 'b.redis.test.ts', 'c.test.ts'], []).get('unit')).toEqual([
      'a.test.ts',
      'c.test.ts',
    ]);
  });

  it('pnpm flaky takes all test files of a folder, and refuses a path that names none', () => {
    expect(testFiles(['scripts/flaky'])).toEqual(['scripts/flaky/flaky.test.mjs']);
    expect(testFiles(['scripts/flaky/flaky.test.mjs'])).toEqual(['scripts/flaky/flaky.test.mjs']);
    expect(() => testFiles(['scripts/flakey'])).toThrow('There is no file or folder "scripts/flakey"');
    expect(() => testFiles(['docs'])).toThrow('There is no test file in "docs"');
  });

  it('pnpm flaky says which test failed, how often, and with which seed to repeat it', () => {
    const report = createFlakyReport();
    const failure = { name: 'a.test.ts > waits', message: 'late', repeat: 'npm test -- unit a.test.ts' };
    report.add({ passed: 4, failed: 0, skipped: 0, failures: [] }, 1);
    report.add({ passed: 3, failed: 1, skipped: 0, failures: [failure] }, 2);
    report.add({ passed: 3, failed: 1, skipped: 0, failures: [failure] }, 3);
    expect(report.lines(3)).toEqual([
      '✗ failed in 2 of 3 runs: a.test.ts > waits\n  Repeat: ROWLOCK_SEED=2 npm test -- unit a.test.ts',
      '10 passed, 2 failed',
    ]);
  });
});
