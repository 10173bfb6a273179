// Makes deliberate mistakes in gateway and client, one at a time and in memory only. Fails if the seeds of `npm test` do not find one.
//
//   pnpm soak mistakes                all
//   pnpm soak mistakes NO_RELOAD      some

import { fileURLToPath } from 'node:url';
import { startProcess } from '@rowlock/test-utils';
import { findMistake, mistakes } from './mistakes.ts';

const CLI = fileURLToPath(new URL('../../../../scripts/soak.mjs', import.meta.url));
const PLANT = new URL('plant.ts', import.meta.url).href;
/** As in convergence.redis.test.ts */
const SEEDS = ['--seed', '1', '--rounds', '10', '--tabs', '4', '--episodes', '4', '--minutes', '10'];

/** Resolves to the message of the first violation, or undefined if the runs have found none. */
async function findBy(name: string): Promise<string | undefined> {
  const soak = await startProcess({
    command: process.execPath,
    args: ['--conditions=@rowlock/source', `--import=${PLANT}`, CLI, 'live', ...SEEDS],
    env: { ROWLOCK_MISTAKE: name, NODE_OPTIONS: `--import=${PLANT}` },
  });
  const { code } = await soak.exited;
  const output = soak.output();
  if (code === 0) return undefined;
  const seed = /.*round \d+: seed (\d+)/s.exec(output)?.[1];
  const violation = /Violation in (.*)/.exec(output)?.[1];
  if (code !== 1 || violation === undefined) throw new Error(`The run of ${name} failed:\n${output}`);
  return `seed ${seed}, ${violation.slice(0, 160)}`;
}

const names = process.argv.slice(3);
let survivors = 0;
for (const { name, means } of names.length > 0 ? names.map(findMistake) : mistakes) {
  const found = await findBy(name);
  if (found === undefined) survivors += 1;
  console.log(`${name.padEnd(18)} ${found ?? `NOT FOUND, though ${means}`}`);
}
process.exitCode = survivors === 0 ? 0 : 1;
