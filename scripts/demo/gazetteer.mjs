import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { root, stateDir, workspaceNode } from '../lib/paths.mjs';
import { lastLines, run } from '../lib/run.mjs';
import { SetupError } from '../lib/SetupError.mjs';

/** How a process of the demo is run: straight from its source. */
export function demoProgram(name) {
  return {
    command: workspaceNode,
    args: ['--conditions=@rowlock/source', `apps/demo/src/${name}/main.ts`],
    cwd: root,
  };
}

/**
 * Where the demo keeps its database: DEMO_DATA_DIR, or a temporary folder. Locks and rows begin and end together: only
 * with a Redis that outlives the demo is the database kept too.
 */
export function chooseDataDir() {
  if (process.env.DEMO_DATA_DIR) return resolve(process.env.DEMO_DATA_DIR);
  if (process.env.REDIS_URL) return join(stateDir, 'demo');
  const dir = mkdtempSync(join(tmpdir(), 'rowlock-demo-data-'));
  process.once('exit', () => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

/** What signs the demo's sessions: kept, so that a browser stays signed in over a restart of the demo. */
export function demoSecret() {
  if (process.env.DEMO_SECRET) return process.env.DEMO_SECRET;
  const file = join(stateDir, 'demo-secret');
  try {
    return readFileSync(file, 'utf8');
  } catch {
    const secret = randomBytes(32).toString('hex');
    mkdirSync(stateDir, { recursive: true });
    writeFileSync(file, secret, { mode: 0o600 });
    return secret;
  }
}

/** Loads countries, regions and cities into the database, unless they are there. */
export async function loadGazetteer(env, say) {
  const { command, args, cwd } = demoProgram('import');
  const { code, output } = await run(command, args, { cwd, env, onLine: say });
  if (code === 0) return lastLines(output, 1).replace(/^import: /, '');
  throw new SetupError('The gazetteer could not be loaded into the database.', {
    details: lastLines(output, 20),
    ways: process.env.DATABASE_URL
      ? ['see whether the PostgreSQL at DATABASE_URL can be reached', 'or unset DATABASE_URL to use SQLite']
      : [
          'see whether there is room in the folder for temporary files',
          'or choose another: DEMO_DATA_DIR=/path npm run demo',
        ],
  });
}
