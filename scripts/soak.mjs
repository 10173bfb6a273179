// `pnpm soak locks` and `pnpm soak live`: random faults for as long as you like. Each explains its options by --help.
// `pnpm soak mistakes`: whether the runs of `live` find deliberate mistakes.

const programs = {
  locks: () => import('../packages/server/test/soak/cli.ts'),
  live: () => import('../conformance/src/convergence/cli.ts'),
  mistakes: () => import('../conformance/src/convergence/mistakes/check.ts'),
};

const name = process.argv[2] ?? '';
if (Object.hasOwn(programs, name)) {
  await programs[name]();
} else {
  console.error(`Name a soak run: ${Object.keys(programs).join(', ')}. For example: pnpm soak live --help`);
  process.exitCode = 2;
}
