/**
 * How often and from which seeds inputs are made. `npm test` uses the same seeds each time; for more:
 * `FUZZ_RUNS=10000 FUZZ_SEED=7 npm test -- redis packages/server/test/fuzz`.
 */
const { FUZZ_RUNS, FUZZ_SEED } = process.env;

export const fuzzRuns = FUZZ_RUNS === undefined ? 40 : Number(FUZZ_RUNS);
export const fuzzSeeds = FUZZ_SEED === undefined ? [1, 2, 3] : [Number(FUZZ_SEED)];
/** The time of one test, in ms */
export const fuzzTimeoutMs = 60_000 + 100 * fuzzRuns;
