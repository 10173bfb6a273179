/** Starts the demo as `npm run demo` does, on a free port, with its own Redis and its own database. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePort, type StartedProcess, startProcess, startRedis, type TestRedis } from '@rowlock/test-utils';

/** Time for the first start in a checkout, which imports 135,000 places and builds the web app. */
const START_TIMEOUT_MS = 120_000;
const ROOT = fileURLToPath(new URL('../../..', import.meta.url));

export interface DemoOptions {
  /** Pause of a task after each batch of 200 rows, in ms. France has 45 batches */
  taskPaceMs: number;
  /** True: the tests start Redis and the worker, and may kill them. The demo itself stops when one of its parts ends. */
  isMortal: boolean;
  /** When a form that nobody uses warns its user, and when its row is unlocked, in ms */
  idle: { warnMs: number; releaseMs: number };
}

export interface Demo {
  url: string;
  /** The SQLite file */
  databaseFile: string;
  /** The output of its processes so far */
  output(): string;
  redis: Pick<TestRedis, 'kill' | 'restart' | 'pause' | 'resume'>;
  worker: { kill(): Promise<void>; start(): Promise<void> };
  stop(): Promise<void>;
}

interface Program {
  command: string;
  args: string[];
  cwd: string;
}

/** The content of DEMO_STATE_FILE, which the demo writes. */
interface DemoState {
  url: string;
  dataDir: string;
  programs: { worker: Program; env: Record<string, string> };
}

export async function startDemo({ taskPaceMs, isMortal, idle }: DemoOptions): Promise<Demo> {
  const folder = await mkdtemp(join(tmpdir(), 'rowlock-e2e-'));
  const stateFile = join(folder, 'state.json');
  const redis = isMortal ? await startRedis({ appendonly: 'everysec' }) : undefined;
  const settings = {
    DEMO_TASK_PACE_MS: String(taskPaceMs),
    DEMO_IDLE_WARN_MS: String(idle.warnMs),
    DEMO_IDLE_RELEASE_MS: String(idle.releaseMs),
  };
  const main = await startProcess({
    command: process.execPath,
    args: ['scripts/demo.mjs', ...(isMortal ? ['--no-worker'] : [])],
    cwd: ROOT,
    env: {
      NODE_OPTIONS: undefined,
      FORCE_COLOR: undefined,
      DATABASE_URL: undefined,
      REDIS_URL: redis?.url,
      PORT: String(await freePort()),
      DEMO_DATA_DIR: join(folder, 'data'),
      DEMO_STATE_FILE: stateFile,
      npm_lifecycle_event: undefined,
      ...settings,
    },
    readyLine: /^Rowlock demo ready at /,
    timeoutMs: START_TIMEOUT_MS,
    folder,
  });
  const { url, dataDir, programs } = JSON.parse(await readFile(stateFile, 'utf8')) as DemoState;
  let worker: StartedProcess | undefined;

  const demo: Demo = {
    url,
    databaseFile: join(dataDir, 'gazetteer.sqlite'),
    output: () => main.output(),
    redis: redis ?? { kill: refuse, restart: refuse, pause: refuse, resume: refuse },
    worker: {
      async kill() {
        if (!isMortal) await refuse();
        await worker?.kill('SIGKILL');
        worker = undefined;
      },
      async start() {
        if (!isMortal) await refuse();
        worker ??= await startProcess({
          ...programs.worker,
          env: { ...programs.env, ...settings, NODE_OPTIONS: undefined },
          readyLine: /^worker ready/,
        });
      },
    },
    async stop() {
      await worker?.stop();
      await main.stop();
      await redis?.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
  if (isMortal) await demo.worker.start();
  return demo;
}

async function refuse(): Promise<void> {
  throw new Error(
    'Cannot kill parts of this demo, because other tests use it. Use `test.use({ isMortal: true })`.',
  );
}
