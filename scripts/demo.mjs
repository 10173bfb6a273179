// `npm run demo`: makes the machine ready, starts every part of the demo, and stops them all at the end, however it comes.
//
//   PORT             the port of the demo; without it 3000 or the next free one
//   REDIS_URL        a Redis to use; without it a private one is started
//   DATABASE_URL     a PostgreSQL to use; without it SQLite
//   DEMO_HOST        the address that it listens on; without it 127.0.0.1
//   DEMO_DATA_DIR    where SQLite and exports are kept; without it a temporary folder
//   DEMO_STATE_FILE  a file with what was started, as JSON, for tests
//   --no-worker      leaves the worker to be started by hand

import { writeFileSync } from 'node:fs';
import { choosePort } from './demo/choosePort.mjs';
import { chooseDataDir, demoProgram, demoSecret, loadGazetteer } from './demo/gazetteer.mjs';
import { createParts, PartEnded } from './demo/parts.mjs';
import { startPrivateRedis } from './demo/privateRedis.mjs';
import { buildWebApp } from './demo/webApp.mjs';
import { untilParentIsGone } from './lib/parent.mjs';
import { projectEnv } from './lib/paths.mjs';
import { SetupError } from './lib/SetupError.mjs';
import { killAllGroups } from './lib/startGroup.mjs';
import { createSteps } from './lib/steps.mjs';
import { setupSteps } from './setup/setup.mjs';

const SAME_REQUEST_MS = 1_000;

const withWorker = !process.argv.includes('--no-worker');
const parts = createParts();

const asked = new Promise((resolve) => {
  let firstAt;
  const ask = (why) => {
    firstAt ??= performance.now();
    resolve(why);
    // A Ctrl-C comes twice, from the terminal and from npm. A later request wants it at once.
    if (performance.now() - firstAt < SAME_REQUEST_MS) return;
    killAllGroups();
    process.exit(1);
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, ask);
  untilParentIsGone(() => ask('the process that started this one is gone'));
});

// A terminal that is gone must not keep us from cleaning up.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});

const ending = await Promise.race([
  asked.then((why) => ({ why })),
  demo().then(
    (crash) => ({ crash }),
    (crash) => ({ crash }),
  ),
]);
if (ending.crash) console.error(`\n${messageOf(ending.crash)}`);
else console.log(`\nStopping (${ending.why}) …`);
await parts.stop();
if (!(ending.crash instanceof SetupError)) console.log('Rowlock demo has stopped.');
process.exit(ending.crash ? 1 : 0);

/** Starts everything, then resolves to the reason why it cannot continue. */
async function demo() {
  const { port, note } = await choosePort();
  const setup = setupSteps();
  const steps = createSteps(setup.length + (withWorker ? 5 : 4));
  for (const { title, work } of setup) await steps.run(title, work);

  let redis = { url: process.env.REDIS_URL };
  await steps.run('Start Redis', async () => {
    if (redis.url) return 'not needed, REDIS_URL is set';
    redis = await startPrivateRedis(parts, { apiPort: port });
    return `a private one on port ${redis.port}`;
  });
  const { dataDir, isTemporary } = chooseDataDir();
  const env = {
    ...projectEnv(),
    PORT: String(port),
    // Not the shell's HOST: anybody may sign in, so the demo listens on this machine alone unless DEMO_HOST says so.
    HOST: process.env.DEMO_HOST || '127.0.0.1',
    REDIS_URL: redis.url,
    DEMO_DATA_DIR: dataDir,
    DEMO_SECRET: demoSecret(),
  };
  await steps.run('Load the gazetteer', (say) => loadGazetteer(env, say));
  await steps.run('Build the web app', buildWebApp);

  const started = {};
  const folder = isTemporary ? dataDir : undefined; // should this process be killed, it goes with the others
  const start = async (name, ready) => {
    const { command, args, cwd } = demoProgram(name);
    started[name] = await parts.start(name, command, args, { env, cwd, ready, folder });
  };
  await steps.run('Start the api', () => start('api', /^api ready /));
  if (withWorker) await steps.run('Start the worker', () => start('worker', /^worker ready/));

  const url = `http://localhost:${port}`;
  tellTests({ url, port, pid: process.pid, redis, env, ...started });
  if (note) console.log(note);
  console.log(`\nRowlock demo ready at ${url}`);
  console.log('Open it in two windows. Ctrl-C stops everything.\n');
  return parts.crashed;
}

function tellTests({ env, ...state }) {
  const file = process.env.DEMO_STATE_FILE;
  if (!file) return;
  const { PORT, HOST, REDIS_URL, DEMO_DATA_DIR, DEMO_SECRET } = env;
  const programEnv = { PORT, HOST, REDIS_URL, DEMO_DATA_DIR, DEMO_SECRET };
  const programs = { api: demoProgram('api'), worker: demoProgram('worker'), env: programEnv };
  writeFileSync(file, JSON.stringify({ ...state, dataDir: DEMO_DATA_DIR, programs }, null, 2), {
    mode: 0o600,
  });
}

function messageOf(error) {
  if (error instanceof SetupError) return error.text;
  if (error instanceof PartEnded) return error.message;
  return error.stack;
}
