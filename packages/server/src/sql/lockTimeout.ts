/** Recognizes the errors of drivers for a lock timeout. */

const PG_LOCK_NOT_AVAILABLE = '55P03';
const SQLITE_BUSY = 5;
const MYSQL_LOCK_WAIT_TIMEOUT = 1205;

/** Whether an error of a driver (pg, postgres.js, node:sqlite, better-sqlite3, mysql2) is a lock timeout. */
export function isLockTimeout(error: unknown): boolean {
  if (typeof error !== 'object' || error === null) return false;
  const { code, errcode, errno } = error as { code?: unknown; errcode?: unknown; errno?: unknown };
  return (
    code === PG_LOCK_NOT_AVAILABLE ||
    (typeof code === 'string' && code.startsWith('SQLITE_BUSY')) ||
    // Extended codes carry the primary one in their lowest byte.
    (typeof errcode === 'number' && (errcode & 0xff) === SQLITE_BUSY) ||
    errno === MYSQL_LOCK_WAIT_TIMEOUT
  );
}
