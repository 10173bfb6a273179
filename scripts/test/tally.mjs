// The outcome of a part of `npm test`:
//   { passed, failed, skipped, failures: [{ name, message, repeat }] }
// `failures` has one entry for each failed test.

/** A check that is one test: passed without problems, else failed with them. */
export function oneCheck(name, problem, repeat) {
  return problem === undefined
    ? { passed: 1, failed: 0, skipped: 0, failures: [] }
    : { passed: 0, failed: 1, skipped: 0, failures: [{ name, message: problem, repeat }] };
}

/**
 * A part cannot be good by having done nothing, or by having crashed after its last test: both count as one more
 * failure.
 */
export function withTruth(tally, { part, exit, repeat }) {
  const fail = (message) => ({
    ...tally,
    failed: tally.failed + 1,
    failures: [...tally.failures, { name: `${part}: the run itself`, message, repeat }],
  });
  if (exit !== 'exit code 0' && tally.failed === 0)
    return fail(`it ended with ${exit}, though no test had failed`);
  if (tally.passed + tally.failed === 0) return fail('it ran no test');
  return tally;
}

export function sum(tallies) {
  const total = (key) => tallies.reduce((so_far, tally) => so_far + tally[key], 0);
  return {
    passed: total('passed'),
    failed: total('failed'),
    skipped: total('skipped'),
    failures: tallies.flatMap(({ failures }) => failures),
  };
}

/** The last line of `npm test`. */
export function lastLine({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed, ${skipped} skipped`;
}
