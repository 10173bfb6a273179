/** Starts a gazetteer for tests: its own Redis, a database with a few real countries, the api, and workers on demand. */
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isFinal, type TaskView } from '@rowlock/protocol';
import type { Rowlock } from '@rowlock/server';
import { startRedis, type TestRedis, until } from '@rowlock/test-utils';
import pg from 'pg';
import { startApi } from '../api/startApi.ts';
import { type Gazetteer, openDatabase } from '../db/openDatabase.ts';
import { loadGazetteer } from '../import/loadGazetteer.ts';
import { readSources, type Sources } from '../import/readSources.ts';
import { startWorker } from '../worker/startWorker.ts';

/** Small countries that have several regions, accents, and more rows than one batch. */
const COUNTRIES = new Set(['MC', 'AD', 'NO']);

let all: Sources | undefined;

export function fewSources(): Sources {
  all ??= readSources();
  const { countries, regions, cities } = all;
  return {
    countries: countries.filter(({ id }) => COUNTRIES.has(id)),
    regions: regions.filter(({ countryId }) => COUNTRIES.has(countryId)),
    cities: cities.filter(({ countryId }) => COUNTRIES.has(countryId)),
  };
}

export interface TestDatabase {
  db: Gazetteer;
  dataDir: string;
  close(): Promise<void>;
}

/** Opens an empty database: SQLite in a new folder, or a new database on the PostgreSQL server at `serverUrl`. */
export async function openTestDatabase(serverUrl?: string): Promise<TestDatabase> {
  const dataDir = await mkdtemp(join(tmpdir(), 'gazetteer-test-'));
  const name = `gazetteer_test_${randomBytes(6).toString('hex')}`;
  if (serverUrl) await runOn(serverUrl, `create database ${name}`);
  const databaseUrl = serverUrl && Object.assign(new URL(serverUrl), { pathname: `/${name}` }).href;
  const db = openDatabase({ dataDir, databaseUrl });
  return {
    db,
    dataDir,
    async close() {
      await db.destroy();
      if (serverUrl) await runOn(serverUrl, `drop database ${name}`);
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

async function runOn(serverUrl: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: serverUrl });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}

interface Answer {
  status: number;
  type: string;
  /** The header Rowlock-Version */
  version: string | null;
  // biome-ignore lint/suspicious/noExplicitAny: the assertions of a test say what it expects of an answer
  body: any;
}

export interface TestGazetteer extends TestDatabase {
  url: string;
  redis: TestRedis;
  /** The Rowlock of the api */
  rowlock: Rowlock;
  /** Sends a request as a user, or without a token */
  call(
    user: string | undefined,
    method: string,
    path: string,
    body?: unknown,
    headers?: object,
  ): Promise<Answer>;
  /** Starts a worker that pauses this long after each batch. The caller closes it */
  work(paceMs?: number): Promise<{ close(): Promise<void> }>;
  /** Waits until a task is in a final state */
  ended(taskId: string): Promise<TaskView>;
}

export async function startGazetteer({ serverUrl }: { serverUrl?: string } = {}): Promise<TestGazetteer> {
  const redis = await startRedis();
  const database = await openTestDatabase(serverUrl);
  const { db, dataDir } = database;
  await loadGazetteer(db, { readSources: fewSources, report() {} });
  const api = await startApi({
    db,
    redisUrl: redis.url,
    host: '127.0.0.1',
    port: 0,
    idleWarnMs: 120_000,
    idleReleaseMs: 300_000,
    secret: 'a secret for tests',
    dataDir,
    webDir: join(dataDir, 'web'),
  });
  const url = `http://127.0.0.1:${api.port}`;
  const tokens = new Map<string, string>();

  async function send(method: string, path: string, body: unknown, headers: object): Promise<Answer> {
    const response = await fetch(url + path, {
      method,
      headers: { ...(body !== undefined && { 'Content-Type': 'application/json' }), ...headers },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const type = response.headers.get('content-type') ?? '';
    return {
      status: response.status,
      type,
      version: response.headers.get('rowlock-version'),
      body: type.includes('json') ? await response.json() : await response.text(),
    };
  }

  async function getToken(user: string): Promise<string> {
    const known = tokens.get(user);
    if (known) return known;
    const { body } = await send('POST', '/api/session', { userId: user }, {});
    tokens.set(user, body.token);
    return body.token;
  }

  const call: TestGazetteer['call'] = async (user, method, path, body, headers = {}) =>
    send(method, path, body, {
      ...(user && { Authorization: `Bearer ${await getToken(user)}` }),
      ...headers,
    });

  return {
    ...database,
    url,
    redis,
    rowlock: api.rowlock,
    call,
    ended: (taskId) =>
      until(
        async () => {
          const task = await api.rowlock.tasks.get(taskId);
          return task && isFinal(task.state) ? task : undefined;
        },
        { what: `the end of task ${taskId}`, timeoutMs: 20_000 },
      ),
    work: (paceMs = 0) => startWorker({ db, redisUrl: redis.url, dataDir, paceMs }),
    async close() {
      await api.close();
      await redis.stop();
      await database.close();
    },
  };
}
