// The rules on which room may import which. This table is the source; `node scripts/walls/write.mjs` turns it into biome.walls.jsonc, which
// Biome enforces in editors and in `npm test -- walls`. A file obeys the last entry that it matches, and that entry alone.

const refuse = (message, ...group) => ({ message: `Walls: ${message}`, group });
const ofOurs = (message, ...allowed) =>
  refuse(message, '@rowlock/**', ...allowed.map((name) => `!@rowlock/${name}`));
const folders = (...names) => names.map((name) => `**/${name}/**`);

const renderers = ['react', 'react/**', 'react-dom', 'react-dom/**'];
const serverOnly = ['node:*', 'node:*/**', 'ioredis', 'bullmq', 'express', 'socket.io'];

const byName = refuse(
  'another package is imported by its name, a folder of the own one without going through src.',
  ...folders('src', 'packages', 'apps'),
);
const noOwnIndex = refuse('import the file that holds it; index.ts is for others.', '**/index.ts');

const protocolTests = [ofOurs('protocol imports nothing of ours.', 'test-utils'), byName, noOwnIndex];

const neverMeet = 'server and react never meet; both know protocol alone of ours.';
const serverWalls = [refuse('server does not render.', ...renderers), byName, noOwnIndex];
const server = [ofOurs(neverMeet, 'protocol'), ...serverWalls];
const react = [ofOurs(neverMeet, 'protocol'), refuse('react runs in a browser.', ...serverOnly), byName];

/** Fences in the application's database: an entry of its own, which needs neither Redis nor the rest of the server. */
const sql = refuse(
  'sql knows no other room, and no database but through what it is given.',
  ...folders('redis', 'changeLog', 'locks', 'tasks', 'subscribers', 'gateway', 'http'),
  'pg',
  'ioredis',
  'bullmq',
  'express',
  'socket.io',
);
const noDatabase = refuse(
  "sql alone knows the application's database.",
  'kysely',
  'kysely/**',
  'pg',
  ...folders('sql'),
);

const noFramework = refuse(
  'guard and routes know no framework; the adapters in express and web know them.',
  ...folders('gateway', 'subscribers', 'express', 'web'),
  'express',
);

const aboveTasks = folders('subscribers', 'gateway', 'http');
const besideGateway = folders('http', 'subscribers');
const aboveVersions = [...folders('tasks'), ...aboveTasks];
const aboveLocks = [...folders('versions'), ...aboveVersions];

/** The rooms of the server from the ground up: what each must not know. */
const rooms = {
  redis: refuse(
    'redis is the ground floor and knows none of the rooms above.',
    ...folders('changeLog', 'locks', 'tasks', 'subscribers', 'gateway', 'http'),
  ),
  changeLog: refuse(
    'changeLog knows nobody; locks and tasks write it.',
    ...folders('locks', 'tasks', 'subscribers', 'gateway', 'http'),
  ),
  locks: refuse('locks knows nothing of tasks, gateway and http.', ...aboveLocks),
  'locks/registry': refuse(
    'registry is the ground floor of locks; leases and upkeep use it.',
    ...aboveLocks,
    ...folders('leases', 'upkeep'),
    '**/locks.ts',
  ),
  'locks/leases': refuse(
    'leases and upkeep do not know each other.',
    ...aboveLocks,
    ...folders('upkeep'),
    '**/locks.ts',
  ),
  'locks/upkeep': refuse(
    'leases and upkeep do not know each other.',
    ...aboveLocks,
    ...folders('leases'),
    '**/locks.ts',
  ),
  versions: refuse('versions uses locks, not tasks, subscribers, gateway and http.', ...aboveVersions),
  tasks: refuse('tasks uses locks and changeLog, not subscribers, gateway and http.', ...aboveTasks),
  'tasks/definition': refuse(
    'definition says what a task is, and knows no other room of tasks.',
    ...aboveTasks,
    ...folders('store', 'read', 'run', 'launch', 'control', 'upkeep'),
    '**/tasks.ts',
  ),
  'tasks/store': refuse(
    'store is the ground floor of tasks; all its other rooms use it.',
    ...aboveTasks,
    ...folders('read', 'run', 'launch', 'control', 'upkeep'),
    '**/tasks.ts',
  ),
  'tasks/read': refuse(
    'read shows tasks, and does nothing to them.',
    ...aboveTasks,
    ...folders('run', 'launch', 'control', 'upkeep'),
    '**/tasks.ts',
  ),
  'tasks/run': refuse(
    'run runs what was launched, and knows neither launch nor control.',
    ...aboveTasks,
    ...folders('launch', 'control', 'upkeep'),
    '**/tasks.ts',
  ),
  'tasks/upkeep': refuse(
    'upkeep settles what others have left, by the store alone.',
    ...aboveTasks,
    ...folders('run', 'launch', 'control'),
    '**/tasks.ts',
  ),
  'tasks/launch': refuse(
    'launch does not know control.',
    ...aboveTasks,
    ...folders('control'),
    '**/tasks.ts',
  ),
  'tasks/control': refuse('tasks.ts is the wiring of tasks.', ...aboveTasks, '**/tasks.ts'),
  subscribers: refuse(
    'subscribers read changeLog and tasks, and know nothing of gateway and http.',
    ...folders('gateway', 'http'),
  ),
  sessions: refuse(
    'sessions knows locks, and neither the gateway nor http.',
    ...folders('tasks', 'subscribers', 'gateway', 'http'),
  ),
  gateway: refuse('gateway, http and subscribers do not know each other.', ...besideGateway),
  'gateway/connections': refuse(
    'connections is the ground floor of the gateway, and knows no session.',
    ...besideGateway,
    ...folders('view', 'session', 'watching', 'messages'),
    '**/gateway.ts',
  ),
  'gateway/view': refuse(
    'view is pure: it gets entries and snapshots, and knows no session.',
    ...besideGateway,
    ...folders('connections', 'session', 'watching', 'messages'),
    '**/gateway.ts',
    'socket.io',
  ),
  'gateway/session': refuse(
    'a session does not know where its changes come from, nor what it asks for.',
    ...besideGateway,
    ...folders('watching', 'messages'),
    '**/gateway.ts',
  ),
  'gateway/watching': refuse(
    'watching does not know how it is asked.',
    ...besideGateway,
    ...folders('messages'),
    '**/gateway.ts',
  ),
  http: refuse('gateway, http and subscribers do not know each other.', ...folders('gateway', 'subscribers')),
  'http/guard': noFramework,
  'http/routes': noFramework,
  'http/web': refuse(
    'web and express do not know each other.',
    ...folders('gateway', 'subscribers', 'express'),
    'express',
  ),
  'http/express': refuse(
    'web and express do not know each other.',
    ...folders('gateway', 'subscribers', 'web'),
  ),
  metrics: refuse(
    'metrics reads numbers of others, and serves nothing.',
    ...folders('gateway', 'http', 'cli'),
  ),
  telemetry: refuse(
    'telemetry is on the ground floor: the rooms put their own spans by it.',
    ...folders('changeLog', 'locks', 'tasks', 'subscribers', 'gateway', 'http', 'cli'),
  ),
  cli: refuse(
    'cli is a program beside the server: it uses redis, locks and tasks.',
    ...folders('subscribers', 'gateway', 'http'),
  ),
};
const wiring = refuse(
  'createRowlock is the wiring; nothing that it wires knows it.',
  '**/createRowlock.ts',
  '**/wiring/**',
);

const code = (folder) => [`${folder}/**`, '!**/*.test.ts', '!**/*.test.tsx'];
const tests = (folder) => [`${folder}/**/*.test.ts`, `${folder}/**/*.test.tsx`];

/** @type {{ files: string[], refused: { message: string, group: string[] }[] }[]} */
export const walls = [
  {
    files: code('packages/protocol/src'),
    refused: [
      refuse(
        'protocol imports zod and its own files, nothing else.',
        '**',
        '!zod',
        '!zod/**',
        '!./*.ts',
        '!./messages/*.ts',
        '!../*.ts',
      ),
      noOwnIndex,
    ],
  },
  { files: tests('packages/protocol/src'), refused: protocolTests },

  {
    files: ['packages/test-utils/src/**'],
    refused: [ofOurs('test-utils serves all packages and knows none.'), byName],
  },

  { files: code('packages/server/src'), refused: [...server, noDatabase] },
  // The package's entry offers what the entries of its rooms offer.
  {
    files: ['packages/server/src/index.ts'],
    refused: [...server.filter((rule) => rule !== noOwnIndex), noDatabase],
  },
  ...Object.entries(rooms).map(([room, rule]) => ({
    files: code(`packages/server/src/${room}`),
    refused: [...server, rule, wiring, noDatabase],
  })),
  { files: code('packages/server/src/sql'), refused: [...server, sql, wiring] },
  {
    files: tests('packages/server/src'),
    refused: [ofOurs(neverMeet, 'protocol', 'test-utils'), ...serverWalls],
  },
  {
    files: ['packages/server/test/**'],
    refused: [
      ofOurs(neverMeet, 'protocol', 'server', 'test-utils'),
      refuse('server does not render.', ...renderers),
      refuse('another package is imported by its name.', ...folders('packages', 'apps')),
    ],
  },

  { files: code('packages/react/src'), refused: react },
  {
    files: code('packages/react/src/core'),
    refused: [
      ...react,
      refuse(
        'core is the client without React.',
        ...renderers,
        '@tanstack/react-query',
        ...folders('hooks', 'components', 'query'),
      ),
    ],
  },
  {
    files: [...code('packages/react/src/hooks'), ...code('packages/react/src/query')],
    refused: [...react, refuse('hooks and query do not know the components.', ...folders('components'))],
  },
  { files: tests('packages/react/src'), refused: [ofOurs(neverMeet, 'protocol', 'test-utils'), byName] },

  {
    files: ['apps/demo/src/**', '!apps/demo/src/web/**'],
    refused: [
      refuse(
        'what runs in Node does not render.',
        '@rowlock/react',
        '@rowlock/react/**',
        ...renderers,
        ...folders('web'),
      ),
    ],
  },
  {
    files: code('apps/demo/src/web'),
    refused: [
      ofOurs('the web app reaches the server over the wire alone.', 'protocol', 'react', 'react/**'),
      refuse(
        'the web app runs in a browser.',
        ...serverOnly,
        'kysely',
        'pg',
        ...folders('api', 'worker', 'db'),
      ),
    ],
  },
  {
    files: ['apps/bench/src/**'],
    refused: [ofOurs('the bench measures the server alone.', 'server', 'server/**', 'test-utils')],
  },
  { files: ['stories/**'], refused: [ofOurs('stories need no server.', 'protocol', 'react', 'react/**')] },
  {
    files: ['conformance/**'],
    refused: [
      ofOurs('conformance compares server and core.', 'protocol', 'server', 'react/*', 'test-utils'),
      refuse('another package is imported by its name.', ...folders('packages', 'apps')),
    ],
  },
  {
    files: ['e2e/**'],
    refused: [ofOurs('the journeys know the demo from outside: its pages and its wire.', 'test-utils')],
  },
];
