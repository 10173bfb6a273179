/** The application's database in these tests: rows that remember who wrote them, guarded by the fence. In a file, for many processes. */
import { DatabaseSync } from 'node:sqlite';

interface Writing {
  id: number;
  fence: number;
  attempt: number;
}

export interface Ledger {
  /** False where a later holder has written the row: nothing is written then. */
  write(id: number, fence: string, attempt: number): boolean;
  /** What was written, and not refused, in order */
  writings(): Writing[];
  close(): void;
}

export function openLedger(file: string): Ledger {
  const db = new DatabaseSync(file);
  db.exec('PRAGMA journal_mode = WAL; PRAGMA busy_timeout = 5000;');
  db.exec('CREATE TABLE IF NOT EXISTS rows (id INTEGER PRIMARY KEY, fence INTEGER NOT NULL)');
  db.exec('CREATE TABLE IF NOT EXISTS writings (id INTEGER, fence INTEGER, attempt INTEGER)');
  const insert = db.prepare('INSERT INTO rows VALUES (?, 0) ON CONFLICT DO NOTHING');
  const seal = db.prepare('UPDATE rows SET fence = ? WHERE id = ? AND fence <= ?');
  const note = db.prepare('INSERT INTO writings VALUES (?, ?, ?)');
  return {
    write(id, fence, attempt) {
      db.exec('BEGIN IMMEDIATE');
      try {
        insert.run(id);
        const isSealed = seal.run(Number(fence), id, Number(fence)).changes === 1;
        if (isSealed) note.run(id, Number(fence), attempt);
        db.exec('COMMIT');
        return isSealed;
      } catch (error) {
        db.exec('ROLLBACK');
        throw error;
      }
    },
    writings: () => db.prepare('SELECT * FROM writings ORDER BY rowid').all() as unknown as Writing[],
    close: () => db.close(),
  };
}
