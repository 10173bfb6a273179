/** The environment's settings, read once at the start of each process. */
import { mkdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

export interface Settings {
  /** The api listens on this address: this machine alone, as anybody may sign in to the demo */
  host: string;
  /** 0 takes any free port */
  port: number;
  redisUrl: string;
  /** SQLite file, exports, and the secret that signs sessions */
  dataDir: string;
  /** A `postgres://` URL; SQLite in `dataDir` where it is undefined */
  databaseUrl: string | undefined;
  /** Signs session tokens; a random one is kept in `dataDir` where it is undefined */
  secret: string | undefined;
  /** Pause after each batch of a task, in ms: without it France is done before anybody has looked */
  taskPaceMs: number;
}

const DEFAULT_DATA_DIR = fileURLToPath(new URL('../../../.rowlock/', import.meta.url));
/** 8,836 cities of France are 45 batches of 200: about 20 s. */
const DEFAULT_TASK_PACE_MS = 430;

/** @throws {Error} naming the variable that cannot be used, and creates the data folder */
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
  };
}

function wholeNumber(env: NodeJS.ProcessEnv, name: string, fallback: number, max: number): number {
  const text = env[name];
  if (text === undefined || text === '') return fallback;
  const value = Number(text);
  if (Number.isInteger(value) && value >= 0 && value <= max) return value;
  throw new Error(`${name}=${text} cannot be used: it must be a whole number from 0 to ${max}.`);
}
