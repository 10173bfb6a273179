/** Counts what Playwright's JSON reporter reports. A flaky test is a failed one. */
export function playwrightTally(report, { part }) {
  const tally = { passed: 0, failed: 0, skipped: 0, failures: [] };
  const fail = (name, message, repeat) => {
    tally.failed += 1;
    tally.failures.push({ name, message, repeat });
  };
  for (const spec of specsOf(report.suites ?? [])) {
    for (const test of spec.tests) {
      if (test.status === 'expected') tally.passed += 1;
      else if (test.status === 'skipped') tally.skipped += 1;
      else {
        const messages = test.results.flatMap(({ errors = [] }) =>
          errors.map((error) => error.message ?? error.value),
        );
        fail(
          `${spec.file} > ${spec.title}`,
          messages.join('\n'),
          `npm test -- ${part} ${spec.file}:${spec.line}`,
        );
      }
    }
  }
  for (const error of report.errors ?? [])
    fail(`${part}: the run itself`, error.message ?? error.value, `npm test -- ${part}`);
  return tally;
}

function specsOf(suites) {
  return suites.flatMap((suite) => [...(suite.specs ?? []), ...specsOf(suite.suites ?? [])]);
}
