import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { biomeWalls } from './biomeConfig.mjs';
import { wallsCommand } from './command.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Imports that the walls must refuse: the file, the imported module, and a part of the message. */
const violations = [
  ['packages/protocol/src/lease.ts', '@rowlock/server', 'protocol imports zod'],
  ['packages/protocol/src/task.ts', 'ioredis', 'protocol imports zod'],
  ['packages/protocol/src/http.ts', '../../server/src/log/append.ts', 'protocol imports zod'],
  ['packages/protocol/src/limits.ts', './index.ts', 'import the file that holds it'],
  ['packages/protocol/src/task.test.ts', '@rowlock/react', 'protocol imports nothing of ours'],
  ['packages/test-utils/src/until.ts', '@rowlock/server', 'test-utils serves all packages'],
  ['packages/server/src/errors.ts', '@rowlock/react', 'server and react never meet'],
  ['packages/server/src/clock.ts', '@rowlock/react/core', 'server and react never meet'],
  ['packages/server/src/errors2.ts', 'react', 'server does not render'],
  ['packages/server/src/logger.ts', '../../protocol/src/lease.ts', 'imported by its name'],
  ['packages/server/src/locks/acquire.ts', '@rowlock/test-utils', 'server and react never meet'],
  ['packages/server/src/locks/acquire.test.ts', '@rowlock/react', 'server and react never meet'],
  ['packages/server/src/redis/keys.ts', '../changeLog/append.ts', 'redis is the ground floor'],
  ['packages/server/src/changeLog/append.ts', '../locks/registry.ts', 'changeLog knows nobody'],
  ['packages/server/src/changeLog/trim.ts', '../createRowlock.ts', 'createRowlock is the wiring'],
  ['packages/server/src/locks/renew.ts', '../tasks/launch.ts', 'locks knows nothing of tasks'],
  ['packages/server/src/locks/lua/run.ts', '../../gateway/gateway.ts', 'locks knows nothing of tasks'],
  ['packages/server/src/tasks/run.ts', '../gateway/gateway.ts', 'tasks uses locks and changeLog'],
  ['packages/server/src/tasks/control/cancel.ts', '../../http/express/guard.ts', 'tasks.ts is the wiring'],
  ['packages/server/src/tasks/store/taskStore.ts', '../run/attempt.ts', 'store is the ground floor'],
  ['packages/server/src/tasks/read/taskList.ts', '../launch/launch.ts', 'read shows tasks'],
  ['packages/server/src/tasks/run/worker.ts', '../launch/launch.ts', 'run runs what was launched'],
  ['packages/server/src/tasks/upkeep/retention.ts', '../control/cancel.ts', 'upkeep settles'],
  [
    'packages/server/src/locks/registry/acquiring.ts',
    '../leases/leaseHandle.ts',
    'registry is the ground floor',
  ],
  [
    'packages/server/src/locks/upkeep/sweeper.ts',
    '../leases/leaseHandle.ts',
    'leases and upkeep do not know',
  ],
  ['packages/server/src/telemetry/tracing.ts', '../tasks/run/attempt.ts', 'telemetry is on the ground floor'],
  ['packages/server/src/tasks/tell.ts', '../subscribers/subscribers.ts', 'tasks uses locks and changeLog'],
  [
    'packages/server/src/subscribers/tell.ts',
    '../gateway/gateway.ts',
    'subscribers read changeLog and tasks',
  ],
  ['packages/server/src/gateway/gateway.ts', '../http/express/guard.ts', 'do not know each other'],
  ['packages/server/src/gateway/messages/watch.ts', '../../http/express/guard.ts', 'do not know each other'],
  [
    'packages/server/src/gateway/connections/admission.ts',
    '../session/session.ts',
    'connections is the ground floor',
  ],
  ['packages/server/src/gateway/view/watchers.ts', '../session/session.ts', 'view is pure'],
  ['packages/server/src/gateway/session/session.ts', '../watching/watching.ts', 'a session does not know'],
  ['packages/server/src/gateway/watching/watching.ts', '../messages/watch.ts', 'watching does not know'],
  ['packages/server/src/http/express/guard.ts', '../../gateway/gateway.ts', 'do not know each other'],
  ['packages/server/src/http/guard/guardedWrites.ts', 'express', 'know no framework'],
  ['packages/server/src/http/guard/heldRecords.ts', '../express/guard.ts', 'know no framework'],
  ['packages/server/src/http/web/guardRequest.ts', 'express', 'do not know each other'],
  ['packages/server/src/http/express/router.ts', '../web/fetchHandler.ts', 'do not know each other'],
  ['packages/server/src/sql/seal.ts', '../locks/registry.ts', 'sql knows no other room'],
  ['packages/server/src/sql/connect.ts', 'pg', 'sql knows no other room'],
  ['packages/server/src/sql/wire.ts', '../createRowlock.ts', 'createRowlock is the wiring'],
  ['packages/server/src/locks/fence.ts', '../sql/seal.ts', "sql alone knows the application's database"],
  ['packages/server/src/hooks2.ts', 'kysely', "sql alone knows the application's database"],
  ['packages/react/src/core/client.ts', '@rowlock/server', 'server and react never meet'],
  ['packages/react/src/core/store.ts', 'react', 'core is the client without React'],
  ['packages/react/src/core/jsx.tsx', 'react/jsx-runtime', 'core is the client without React'],
  ['packages/react/src/core/watch.ts', '../hooks/useTask.ts', 'core is the client without React'],
  [
    'packages/react/src/hooks/useTask.ts',
    '../components/TaskProgress/TaskProgress.tsx',
    'do not know the components',
  ],
  [
    'packages/react/src/components/LockBadge/LockBadge.tsx',
    '@rowlock/test-utils',
    'server and react never meet',
  ],
  [
    'packages/react/src/components/TaskProgress/TaskProgress.tsx',
    'node:fs/promises',
    'react runs in a browser',
  ],
  ['apps/demo/src/web/App.tsx', '@rowlock/server', 'over the wire alone'],
  ['apps/demo/src/web/Table.tsx', 'kysely', 'the web app runs in a browser'],
  ['apps/demo/src/api/main.ts', '@rowlock/react', 'does not render'],
  ['apps/bench/src/cli.ts', '@rowlock/react', 'the bench measures the server alone'],
  ['stories/src/LockBadge.stories.tsx', '@rowlock/server', 'stories need no server'],
  ['e2e/src/edit.spec.ts', '@rowlock/server', 'from outside'],
  ['conformance/src/tab.ts', '@rowlock/react', 'conformance compares server and core'],
  ['conformance/src/tab2.ts', '../../packages/server/src/clock.ts', 'imported by its name'],
];

const allowed = [
  ['packages/protocol/src/valueSchemas.ts', 'zod'],
  ['packages/protocol/src/schemas.test.ts', '@rowlock/test-utils'],
  ['packages/server/src/createRowlock.ts', './gateway/open.ts'],
  ['packages/server/src/locks/check.ts', '../changeLog/read.ts'],
  ['packages/server/src/tasks/launch2.ts', '../locks/check.ts'],
  ['packages/server/src/tasks/launch.test.ts', '@rowlock/test-utils'],
  ['packages/server/src/subscribers/read.ts', '../tasks/taskStore.ts'],
  ['packages/server/src/index.ts', './createRowlock.ts'],
  ['packages/server/src/index.ts', './locks/index.ts'],
  ['packages/server/src/sql/update.ts', 'kysely'],
  ['packages/server/src/sql/error.ts', '../errors.ts'],
  ['packages/server/test/fixtures/sql/open.ts', '@rowlock/test-utils'],
  ['packages/react/src/core/merge.ts', '@rowlock/protocol'],
  ['packages/react/src/hooks/useLock.ts', 'react'],
  ['packages/react/src/components/LockBadge/Icon.tsx', '../../hooks/useLock.ts'],
  ['apps/demo/src/web/main.tsx', '@rowlock/react/core'],
  ['apps/demo/src/worker/main.ts', '@rowlock/server'],
  ['conformance/src/both.ts', '@rowlock/server'],
  ['conformance/src/both2.ts', '@rowlock/react/testing'],
];

const cycle = [
  ['packages/react/src/core/a.ts', './b.tsx'],
  ['packages/react/src/core/b.tsx', './c.ts'],
  ['packages/react/src/core/c.ts', './a.ts'],
];

let copy;
let findings;

beforeAll(() => {
  copy = mkdtempSync(join(tmpdir(), 'rowlock-walls-'));
  for (const config of ['biome.json', 'biome.walls.jsonc']) cpSync(join(root, config), join(copy, config));
  for (const [file, imported] of [...violations, ...allowed, ...cycle]) plant(file, imported);
  const [command, ...args] = wallsCommand;
  const { stdout } = spawnSync(join(root, command), [...args, '--vcs-enabled=false', '--reporter=json'], {
    cwd: copy,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  findings = JSON.parse(stdout).diagnostics.map(({ category, message, location }) => ({
    category,
    message: typeof message === 'string' ? message : JSON.stringify(message),
    file: typeof location.path === 'string' ? location.path : location.path.file,
  }));
});

afterAll(() => rmSync(copy, { recursive: true, force: true }));

function plant(file, imported) {
  const path = join(copy, file);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `import type { Thing } from '${imported}';\n\nexport type Same = Thing;\n`);
}

const findingsOf = (file) => findings.filter((finding) => finding.file.endsWith(file));

describe('an import through a wall is refused', () => {
  test.each(violations)('%s does not import %s', (file, _imported, message) => {
    expect(findingsOf(file)).toContainEqual(
      expect.objectContaining({
        category: 'lint/style/noRestrictedImports',
        message: expect.stringContaining(message),
      }),
    );
  });
});

describe('an import through a door is not', () => {
  test.each(allowed)('%s may import %s', (file) => {
    expect(findingsOf(file)).toEqual([]);
  });
});

test.each(cycle)('%s, which imports %s, is refused as a part of a cycle', (file) => {
  expect(findingsOf(file)).toContainEqual(
    expect.objectContaining({ category: 'lint/suspicious/noImportCycles' }),
  );
});

test('biome.walls.jsonc is what the table says', () => {
  expect(readFileSync(join(root, 'biome.walls.jsonc'), 'utf8')).toBe(biomeWalls());
});
