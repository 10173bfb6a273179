import { relative } from 'node:path';
import { root } from '../lib/paths.mjs';

/** Counts what Vitest's JSON reporter reports. A file that could not be run at all is one failure. */
export function vitestTally(report, { part }) {
  const tally = { passed: 0, failed: 0, skipped: 0, failures: [] };
  const fail = (name, message, repeat) => {
    tally.failed += 1;
    tally.failures.push({ name, message, repeat });
  };
  for (const { name: path, status, message, assertionResults } of report.testResults) {
    const file = relative(root, path);
    const repeat = `npm test -- ${part} ${file}`;
    for (const test of assertionResults) {
      if (test.status === 'passed') tally.passed += 1;
      else if (test.status === 'failed') {
        fail(
          `${file} > ${test.fullName}`,
          (test.failureMessages ?? []).map(withoutForeignFrames).join('\n'),
          `${repeat} -t ${quoted(test.title)}`,
        );
      } else tally.skipped += 1;
    }
    if (status === 'failed' && !assertionResults.some((test) => test.status === 'failed'))
      fail(file, message, repeat);
  }
  return tally;
}

/** As one word for a shell, and as a pattern that means just this text. */
function quoted(text) {
  return `'${text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&').replaceAll("'", "'\\''")}'`;
}

/** The stack as far as it is about the project's own files. */
function withoutForeignFrames(message) {
  return message
    .split('\n')
    .filter((line) => !/^\s+at .*(node_modules|node:internal)/.test(line))
    .join('\n');
}
