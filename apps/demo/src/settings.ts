/** The settings of the environment. Each process reads them once at its start. */
import { mkdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

export interface Settings {
  /** The address on which the api listens. Default: only this machine, because anybody may sign in */
  host: string;
  /** 0: any free port */
  port: number;
  redisUrl: string;
  /** SQLite file, exports, and the secret that signs sessions */
  dataDir: string;
  /** A `postgres://` URL. Undefined: SQLite in `dataDir` */
  databaseUrl: string | undefined;
  /** Signs session tokens. Undefined: a random secret that is kept in `dataDir` */
  secret: string | undefined;
  /** Pause after each batch of a task, in ms. Without it, a task over France ends too soon to be seen */
  taskPaceMs: number;
  /** A form that nobody uses for so long warns its user, in ms. Default 2 minutes */
  idleWarnMs: number;
  /** Its row is unlocked after so long, in ms. Default 5 minutes */
  idleReleaseMs: number;
}

const DEFAULT_DATA_DIR = fileURLToPath(new URL('../../../.rowlock/', import.meta.url));
/** The 8,836 cities of France are 45 batches of 200, so they take about 20 s. */
const DEFAULT_TASK_PACE_MS = 430;
const MINUTE_MS = 60_000;

/** Reads the settings and creates the data folder. @throws {Error} that names a malformed variable */
export function readSettings(env: NodeJS.ProcessEnv = process.env): Settings {
  const dataDir = resolve(env.DEMO_DATA_DIR || DEFAULT_DATA_DIR);
  mkdirSync(dataDir, { recursive: true });
  return {
    host: env.HOST || '127.0.0.1',
    port: wholeNumber(env, 'PORT', 4180, 65_535),
    redisUrl: env.REDIS_URL || 'redis://127.0.0.1:6379',
    dataDir,
    databaseUrl: env.DATABASE_URL || undefined,
    secret: env.DEMO_SECRET || undefined,
    taskPaceMs: wholeNumber(env, 'DEMO_TASK_PACE_MS', DEFAULT_TASK_PACE_MS, 60_000),
    idleWarnMs: wholeNumber(env, 'DEMO_IDLE_WARN_MS', 2 * MINUTE_MS, 60 * MINUTE_MS),
    idleReleaseMs: wholeNumber(env, 'DEMO_IDLE_RELEASE_MS', 5 * MINUTE_MS, 60 * MINUTE_MS),
  };
}

function wholeNumber(env: NodeJS.ProcessEnv, name: string, fallback: number, max: number): number {
  const text = env[name];
  if (text === undefined || text === '') return fallback;
  const value = Number(text);
  if (Number.isInteger(value) && value >= 0 && value <= max) return value;
  throw new Error(`${name}=${text} is malformed. Set it to a whole number from 0 to ${max}.`);
}
