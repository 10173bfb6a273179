/** A connection of SQLite in a thread of its own, where it may wait for others without holding them up. */
import { DatabaseSync, type SQLInputValue } from 'node:sqlite';
import { parentPort, workerData } from 'node:worker_threads';

export interface Order {
  id: number;
  sql: string;
  parameters: SQLInputValue[];
}

export type Answer = { id: number } & (
  | { kind: 'begun' }
  | { kind: 'done'; rows: unknown[]; changes: number | bigint }
  | { kind: 'failed'; message: string; errcode: number | undefined }
);

/** What begins and ends a transaction waits for nobody. */
const BOUNDARY = /^(begin|commit|rollback)$/;

const { path, timeoutMs } = workerData as { path: string; timeoutMs: number };
const database = new DatabaseSync(path, { timeout: timeoutMs });
database.exec('pragma journal_mode = wal; pragma synchronous = off;');
const say = (answer: Answer) => parentPort!.postMessage(answer);

parentPort!.on('message', (order: Order | 'close') => {
  if (order === 'close') {
    database.close();
    parentPort!.close();
    return;
  }
  const { id, sql, parameters } = order;
  if (!BOUNDARY.test(sql)) say({ id, kind: 'begun' });
  try {
    const statement = database.prepare(sql);
    if (statement.columns().length > 0) {
      say({ id, kind: 'done', rows: statement.all(...parameters), changes: 0 });
    } else {
      say({ id, kind: 'done', rows: [], changes: statement.run(...parameters).changes });
    }
  } catch (error) {
    const { message, errcode } = error as Error & { errcode?: number };
    say({ id, kind: 'failed', message, errcode });
  }
});
