/** A dialect of Kysely over one connection of SQLite in a thread, so that a test can have two that wait for each other. */
import type { SQLInputValue } from 'node:sqlite';
import { Worker } from 'node:worker_threads';
import {
  CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  type QueryResult,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from 'kysely';
import type { Answer, Order } from './sqliteThread.ts';

export interface ThreadedSqliteOptions {
  path: string;
  /** How long a statement waits for others. Default 10,000 */
  timeoutMs?: number;
  /** Called when a statement has begun, so it may be waiting */
  onBegin?: () => void;
}

export function threadedSqlite(options: ThreadedSqliteOptions): Dialect {
  return {
    createAdapter: () => new SqliteAdapter(),
    createDriver: () => new ThreadDriver(options),
    createIntrospector: (db) => new SqliteIntrospector(db),
    createQueryCompiler: () => new SqliteQueryCompiler(),
  };
}

class ThreadDriver implements Driver {
  readonly #connection: ThreadConnection;
  #free: Promise<void> = Promise.resolve();
  #release = () => {};

  constructor(options: ThreadedSqliteOptions) {
    this.#connection = new ThreadConnection(options);
  }

  async init(): Promise<void> {}

  /** There is one, and who wants it stands in line. */
  async acquireConnection(): Promise<ThreadConnection> {
    const before = this.#free;
    let release = () => {};
    this.#free = new Promise((resolve) => {
      release = resolve;
    });
    await before;
    this.#release = release;
    return this.#connection;
  }

  async releaseConnection(): Promise<void> {
    this.#release();
  }

  async beginTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw('begin'));
  }

  async commitTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw('commit'));
  }

  async rollbackTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw('rollback'));
  }

  async destroy(): Promise<void> {
    await this.#connection.close();
  }
}

class ThreadConnection implements DatabaseConnection {
  readonly #thread: Worker;
  readonly #waiting = new Map<number, (answer: Answer) => void>();
  readonly #ended: Promise<unknown>;
  #orders = 0;

  constructor({ path, timeoutMs = 10_000, onBegin = () => {} }: ThreadedSqliteOptions) {
    this.#thread = new Worker(new URL('./sqliteThread.ts', import.meta.url), {
      workerData: { path, timeoutMs },
    });
    this.#ended = new Promise((resolve) => this.#thread.once('exit', resolve));
    this.#thread.on('message', (answer: Answer) => {
      if (answer.kind === 'begun') return onBegin();
      this.#waiting.get(answer.id)?.(answer);
      this.#waiting.delete(answer.id);
    });
  }

  async executeQuery<R>({ sql, parameters }: CompiledQuery): Promise<QueryResult<R>> {
    const id = ++this.#orders;
    const order: Order = { id, sql, parameters: parameters as SQLInputValue[] };
    const answer = await new Promise<Answer>((resolve) => {
      this.#waiting.set(id, resolve);
      this.#thread.postMessage(order);
    });
    if (answer.kind === 'done') return { rows: answer.rows as R[], numAffectedRows: BigInt(answer.changes) };
    if (answer.kind === 'failed') throw Object.assign(new Error(answer.message), { errcode: answer.errcode });
    throw new Error(`The thread answered a statement by ${answer.kind}.`);
  }

  // biome-ignore lint/correctness/useYield: it refuses
  async *streamQuery<R>(): AsyncIterableIterator<QueryResult<R>> {
    throw new Error('This dialect does not stream.');
  }

  async close(): Promise<void> {
    this.#thread.postMessage('close');
    await this.#ended;
  }
}
