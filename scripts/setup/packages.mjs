import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isProgram } from '../lib/findProgram.mjs';
import { oneAtATime } from '../lib/oneAtATime.mjs';
import { root, workspaceNode } from '../lib/paths.mjs';
import { lastLines, run } from '../lib/run.mjs';
import { SetupError } from '../lib/SetupError.mjs';
import { hashOf, isStamped, writeStamp } from '../lib/stamp.mjs';

// Progress, stacks, and where npm keeps its log.
const NOISE = /^(Progress:|npm warn|npm error\s+at |npm error A complete log).*\n?/gm;

const STAMP = join(root, 'node_modules/.rowlock-installed');

/** Installs what pnpm-lock.yaml says, with the pnpm that package.json names. Does nothing if they are installed. */
export async function installPackages(say) {
  return oneAtATime('install', () => install(say), { onWait: say });
}

async function install(say) {
  const wanted = hashOf(['pnpm-lock.yaml', 'pnpm-workspace.yaml']);
  if (isStamped(STAMP, wanted) && isProgram(workspaceNode)) return 'already installed';

  const { packageManager } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const args = ['--yes', packageManager, 'install', '--frozen-lockfile', '--reporter=append-only'];
  // The packages are for developing even where the environment says production.
  const env = { ...process.env, NODE_ENV: undefined, CI: 'true' };
  const { code, error, output } = await run('npx', args, { cwd: root, env, onLine: say });
  if (code !== 0 || !isProgram(workspaceNode)) throw failure(args, error, output);
  writeStamp(STAMP, wanted);
  return 'installed';
}

function failure(args, error, output) {
  const outdated = output.includes('ERR_PNPM_OUTDATED_LOCKFILE');
  return new SetupError(
    outdated
      ? 'pnpm-lock.yaml does not fit the package.json files.'
      : 'The packages could not be installed. They come from the npm registry that npm is set to use.',
    {
      details: error?.message ?? lastLines(output.replaceAll(NOISE, '')),
      ways: outdated
        ? [`write it again: npx ${args.slice(0, 2).join(' ')} install`]
        : [
            'see whether the registry can be reached: npm ping',
            'behind a proxy or with a registry of your own: npm config set proxy … / npm config set registry …',
            `run it by hand to see all of its output: npx ${args.join(' ')}`,
          ],
    },
  );
}
