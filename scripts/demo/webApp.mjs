import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { oneAtATime } from '../lib/oneAtATime.mjs';
import { projectEnv, root, stateDir } from '../lib/paths.mjs';
import { lastLines, run } from '../lib/run.mjs';
import { SetupError } from '../lib/SetupError.mjs';
import { hashOf, isStamped, writeStamp } from '../lib/stamp.mjs';

const INPUTS = [
  'apps/demo/index.html',
  'apps/demo/package.json',
  'apps/demo/public',
  'apps/demo/src',
  'apps/demo/vite.config.ts',
  'scripts/demo/webApp.mjs',
  'packages/protocol/package.json',
  'packages/protocol/src',
  'packages/react/package.json',
  'packages/react/src',
  'pnpm-lock.yaml',
  'tsconfig.base.json',
];
const STAMP = join(stateDir, 'web-app.stamp');

/** Builds the web app, unless it has been built from the same inputs. */
export async function buildWebApp(say) {
  return oneAtATime('web-app', () => build(say), { onWait: say });
}

async function build(say) {
  const hash = hashOf(INPUTS);
  const demo = join(root, 'apps/demo');
  if (isStamped(STAMP, hash) && existsSync(join(demo, 'dist/web/index.html'))) return 'already built';
  const { code, output } = await run(join(demo, 'node_modules/.bin/vite'), ['build'], {
    cwd: demo,
    // Set here, since a test runner's NODE_ENV would build React for development, which renders twice.
    env: { ...projectEnv(), NODE_ENV: 'production' },
    onLine: say,
  });
  if (code !== 0) {
    throw new SetupError('The web app could not be built.', {
      details: lastLines(output, 25),
      ways: ['repeat it alone: (cd apps/demo && npx vite build)'],
    });
  }
  writeStamp(STAMP, hash);
  return 'built';
}
