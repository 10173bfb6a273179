// Runs Spin: generates a checker from lease.pml, compiles it, lets it search, and prints a counterexample in words.

import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { lastLines, run } from '../../../../scripts/lib/run.mjs';
import { describeExit } from '../../../../scripts/lib/startGroup.mjs';
import { readPanReport } from './panReport.mjs';
import { isAboutEndlessRuns } from './variants.mjs';

const MODEL = fileURLToPath(new URL('lease.pml', import.meta.url));

// Far above the needs of the design. A search that reaches one of these limits is reported as unfinished.
const MAX_MEMORY_MB = 2_000;
const MAX_MINUTES = 5;

// 2^21 slots, for a million states. The table grows by itself. To clear the default of 2^24 slots takes longer than to
// find a mistake.
const HASH_TABLE = '-w21';

// A mistake is searched in breadth, so the run that shows it is the shortest. The search has few states, so optimised
// code would not pay. NFAIR limits how many processes are treated fairly, to 4 × NFAIR - 2.
const IN_BREADTH = ['-O0', '-DBFS', '-DSAFETY'];
const IN_DEPTH = ['-O1', '-DNFAIR=4'];

/** `spin` and `compiler` are paths. The checker works in a temporary folder until `close()`. */
export function createChecker({ spin, compiler }) {
  const home = mkdtempSync(join(tmpdir(), 'rowlock-model-'));
  const remove = () => rmSync(home, { recursive: true, force: true });
  process.once('exit', remove);
  const builds = new Map();

  async function must(cwd, command, args) {
    const { output, ...exit } = await run(command, args, { cwd, folder: home });
    const how = describeExit(exit);
    if (how === 'exit code 0') return output;
    throw new Error(`${command} ${args.join(' ')}\nended with ${how}:\n${lastLines(output)}`);
  }

  const spinArgs = ({ defines }) => [`-P${compiler} -E -x c`, ...defines.map((name) => `-D${name}`)];

  async function build(variant) {
    const isInBreadth = variant.expected === 'error' && !isAboutEndlessRuns(variant.property);
    const name = [isInBreadth ? 'breadth' : 'depth', ...variant.defines].join('-');
    if (!builds.has(name)) builds.set(name, compile(join(home, name), variant, isInBreadth));
    return builds.get(name);
  }

  async function compile(folder, variant, isInBreadth) {
    mkdirSync(folder);
    copyFileSync(MODEL, join(folder, 'lease.pml'));
    await must(folder, spin, [...spinArgs(variant), '-a', 'lease.pml']);
    const how = isInBreadth ? IN_BREADTH : IN_DEPTH;
    await must(folder, compiler, ['-w', `-DMEMLIM=${MAX_MEMORY_MB}`, ...how, '-o', 'pan', 'pan.c']);
    return folder;
  }

  return {
    /** `{ found: 'none' | 'error' | 'unfinished', states, what, trail }`. The trail is in words, one step a line. */
    async search(variant) {
      const folder = await build(variant);
      const endless = isAboutEndlessRuns(variant.property) ? ['-a', '-f'] : [];
      const args = [`-Q${MAX_MINUTES}`, HASH_TABLE, ...endless, '-N', variant.property];
      const report = readPanReport(await must(folder, join(folder, 'pan'), args));
      if (report.found !== 'error') return { ...report, trail: [] };
      return {
        ...report,
        trail: inWords(await must(folder, spin, [...spinArgs(variant), '-t', '-T', '-B', 'lease.pml'])),
      };
    },
    close() {
      process.off('exit', remove);
      remove();
    },
  };
}

/** The output of the model's own printf, without the lines that Spin adds. */
function inWords(replay) {
  return replay
    .replace(/^.*<<<<<START OF CYCLE>>>>>.*$/m, '… and from here on nothing changes')
    .split('\n')
    .filter((line) => line.trim() !== '' && !/^(ltl |spin: |Never claim |#|\s)/.test(line));
}
