import { randomBytes } from 'node:crypto';
import {
  constants,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { oneAtATime } from '../lib/oneAtATime.mjs';
import { root, stateDir, workspaceNode } from '../lib/paths.mjs';
import { lastLines, run } from '../lib/run.mjs';
import { SetupError } from '../lib/SetupError.mjs';
import { hashOf } from '../lib/stamp.mjs';

const DATABASE = 'gazetteer.sqlite';
const IMPORT_INPUTS = [
  'apps/demo/src/import',
  'apps/demo/src/db',
  'apps/demo/src/gazetteer',
  'pnpm-lock.yaml',
];

/** How a process of the demo is run: straight from its source. */
export function demoProgram(name) {
  return {
    command: workspaceNode,
    args: ['--conditions=@rowlock/source', `apps/demo/src/${name}/main.ts`],
    cwd: root,
  };
}

/**
 * Where the demo keeps its database: DEMO_DATA_DIR, or a folder that is removed at the end. Locks and rows begin and end
 * together: only with a Redis that outlives the demo is the database kept too.
 */
export function chooseDataDir() {
  if (process.env.DEMO_DATA_DIR) return { dataDir: resolve(process.env.DEMO_DATA_DIR), isTemporary: false };
  if (process.env.REDIS_URL) return { dataDir: join(stateDir, 'demo'), isTemporary: false };
  const dataDir = mkdtempSync(join(tmpdir(), 'rowlock-demo-data-'));
  process.once('exit', () => rmSync(dataDir, { recursive: true, force: true }));
  return { dataDir, isTemporary: true };
}

/** The key that signs the demo's sessions. It is kept, so that a browser stays signed in over a restart of the demo. */
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

/**
 * Sees to it that countries, regions and cities are in the database. SQLite gets a copy of what was imported once in
 * this checkout, so that a later start takes no time for it.
 */
export async function loadGazetteer(env, say) {
  const database = join(env.DEMO_DATA_DIR, DATABASE);
  if (env.DATABASE_URL || existsSync(database)) return runImport(env, say);
  const imported = await oneAtATime('gazetteer', () => importOnce(env, say), { onWait: say });
  mkdirSync(env.DEMO_DATA_DIR, { recursive: true });
  copyFileSync(imported.file, database, constants.COPYFILE_FICLONE);
  return imported.outcome;
}

async function importOnce(env, say) {
  const file = join(stateDir, `gazetteer-${hashOf(IMPORT_INPUTS).slice(0, 16)}.sqlite`);
  if (existsSync(file)) return { file, outcome: 'copied from an earlier start' };
  for (const name of readdirSync(stateDir)) {
    if (/^gazetteer-\w+(\.sqlite|\.import)$/.test(name)) rmSync(join(stateDir, name), { recursive: true });
  }
  const folder = file.replace(/sqlite$/, 'import');
  const outcome = await runImport({ ...env, DEMO_DATA_DIR: folder }, say);
  renameSync(join(folder, DATABASE), file);
  rmSync(folder, { recursive: true });
  return { file, outcome };
}

async function runImport(env, say) {
  const { command, args, cwd } = demoProgram('import');
  const { code, output } = await run(command, args, { cwd, env, onLine: say });
  if (code === 0) return lastLines(output, 1).replaceAll(/^import: | \(.*\)$/g, '');
  throw new SetupError('The gazetteer could not be loaded into the database.', {
    details: lastLines(output, 20),
    ways: env.DATABASE_URL
      ? ['see whether the PostgreSQL at DATABASE_URL can be reached', 'or unset DATABASE_URL to use SQLite']
      : [
          'see whether there is room in the folder for temporary files',
          'or choose another: DEMO_DATA_DIR=/path npm run demo',
        ],
  });
}
