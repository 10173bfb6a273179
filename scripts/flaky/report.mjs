/** Collects the runs of `pnpm flaky`, and says at the end which tests failed, how often and with which seeds. */
export function createFlakyReport() {
  const failures = new Map();
  let passed = 0;
  let failed = 0;
  return {
    add(tally, seed) {
      passed += tally.passed;
      failed += tally.failed;
      for (const { name, repeat } of tally.failures) {
        const known = failures.get(name) ?? { seeds: [], repeat };
        known.seeds.push(seed);
        failures.set(name, known);
      }
    },
    get failed() {
      return failed;
    },
    lines: (times) => [
      ...[...failures].map(
        ([name, { seeds, repeat }]) =>
          `✗ failed in ${seeds.length} of ${times} runs: ${name}\n  Repeat: ROWLOCK_SEED=${seeds[0]} ${repeat}`,
      ),
      `${passed} passed, ${failed} failed`,
    ],
  };
}
