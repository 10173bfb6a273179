// `pnpm bench`: makes the machine ready for a bench, as `npm test` does, and runs it.
//
//   npm run bench -- live --quick    also in a clone without packages
//
// The steps go to stderr, so that stdout contains only the result of the bench.

import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { needsOf } from './bench/needs.mjs';
import { guard } from './lib/guardian.mjs';
import { untilParentIsGone } from './lib/parent.mjs';
import { projectEnv, root, workspaceNode } from './lib/paths.mjs';
import { SetupError } from './lib/SetupError.mjs';
import { killAllGroups } from './lib/startGroup.mjs';
import { createSteps } from './lib/steps.mjs';
import { setupSteps } from './setup/setup.mjs';

const CLI = join(root, 'apps/bench/src/cli.ts');

let bench;
for (const [signal, number] of [
  ['SIGINT', 2],
  ['SIGTERM', 15],
  ['SIGHUP', 1],
]) {
  process.on(signal, () => stop(128 + number));
}
untilParentIsGone(() => stop(1));

const args = process.argv.slice(2);
try {
  const setup = setupSteps(needsOf(args));
  const steps = createSteps(setup.length, { stream: process.stderr });
  for (const { title, work } of setup) await steps.run(title, work);
} catch (error) {
  console.error(error instanceof SetupError ? error.text : error.stack);
  process.exit(1);
}

// In a process group of its own, which ends with this process. The servers of the bench end with the bench.
bench = spawn(workspaceNode, ['--conditions=@rowlock/source', CLI, ...args], {
  cwd: root,
  env: projectEnv(),
  detached: true,
  stdio: 'inherit',
});
const guardian = guard(bench.pid);
bench.once('exit', (code, signal) => {
  guardian.dismiss();
  process.exit(signal === null ? code : 1);
});

function stop(code) {
  killAllGroups();
  if (bench?.pid !== undefined) endGroup(bench.pid);
  process.exit(code);
}

function endGroup(pid) {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch (error) {
    if (error.code !== 'ESRCH') throw error;
  }
}
