import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '');

/** The files that the scripts keep between runs: stamps, results, downloaded programs. Not in git. */
export const stateDir = join(root, '.rowlock');

/** Programs that setup found elsewhere than on the PATH, by name. */
export const fetchedProgramsDir = join(stateDir, 'bin');

/** The Node that the workspace installs; the scripts themselves run on the one that the machine has. */
export const workspaceNode = join(root, 'node_modules/.bin/node');

/** The environment in which the project's own programs run: its Node first, then what setup fetched. */
export function projectEnv(env = process.env) {
  return {
    ...env,
    PATH: [join(root, 'node_modules/.bin'), env.PATH, fetchedProgramsDir].filter(Boolean).join(delimiter),
  };
}
