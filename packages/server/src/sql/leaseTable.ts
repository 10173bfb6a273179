/**
 * A table of leases in the application's database, which the revoker marks before Redis frees the records. A holder
 * checks it once in each transaction, and no other table needs a column.
 *
 * It relies on this: nobody else gets a lease's records before `revokeLease` has returned. `revokeLease` returns only
 * when no transaction is left that has passed `assertLease` under that lease and may still commit.
 */
import { assertDurationSetting } from '../durations.ts';
import { RowlockError } from '../errors.ts';
import { runStatement, type SqlConnection, type SqlDialect } from './connection.ts';
import { assertFence, assertLeaseId, highestOf } from './fence.ts';
import { FencedOffError } from './fencedOffError.ts';
import { type AnyKysely, connectionOf, isKysely } from './kyselyConnection.ts';
import { CLEAN_UP_SIZE, type LeaseStatements, leaseStatements } from './leaseStatements.ts';
import { type FencedLease, verdictOn } from './leaseVerdict.ts';
import { isLockTimeout } from './lockTimeout.ts';

export interface LeaseTableOptions {
  /** The table's name. Default `rowlock_leases`. Two namespaces on one database need two tables */
  table?: string;
  /** The dialect of the database. Default: the dialect of the Kysely or the connection */
  dialect?: SqlDialect;
  /** Unix time in ms, for the records of the table and for its clean-up alone. Default `Date.now()` */
  nowMs?: number;
}

const HOUR_MS = 3_600_000;

/** How often a used lease renews its row in the table. */
const REFRESH_MS = HOUR_MS;

/** Creates the table if it does not exist. Call it in a migration: two processes should not do it at the same time. */
export async function createLeaseTable(
  on: AnyKysely | SqlConnection,
  options: LeaseTableOptions = {},
): Promise<void> {
  const { connection, statements } = await open(on, options);
  for (const one of statements.create) await runStatement(connection, one);
}

/**
 * Makes sure, to the end of this transaction, that the lease has not been revoked, so that nobody else has its records.
 * Let it be the first statement of the transaction that writes. The first call registers the lease.
 *
 * In PostgreSQL the transactions of one lease run side by side; in MySQL one after another; in SQLite all writing
 * transactions do.
 *
 * @param on a transaction of Kysely, or the connection of a transaction
 * @throws {FencedOffError} if the lease was revoked, or has a later fence. Roll the transaction back.
 * @throws {TypeError} if id or fence are malformed, or a Kysely is not in a transaction
 */
export async function assertLease(
  on: AnyKysely | SqlConnection,
  lease: FencedLease,
  options: LeaseTableOptions = {},
): Promise<void> {
  assertLeaseId(lease.id);
  assertFence(lease.fence);
  if (isKysely(on) && !on.isTransaction) {
    throw new TypeError(
      'assertLease was given a Kysely that is not in a transaction, so its answer would be old when the writes come. ' +
        'Give it the transaction that writes.',
    );
  }
  const { connection, statements, nowMs } = await open(on, options);
  if (statements.lock) {
    const rows = await runStatement(connection, statements.lock(lease, nowMs - REFRESH_MS));
    const by = verdictOn(lease, rows);
    if (by) throw new FencedOffError(lease.fence, by);
    if (rows.some((row) => row.id === lease.id)) return;
  }
  await runStatement(connection, statements.register(lease, nowMs));
  const rows = await runStatement(connection, statements.read(lease.id));
  const by = verdictOn(lease, rows, nowMs);
  // Should the caller commit in spite of the error, the lease must not count as registered.
  if (by?.kind === 'forgotten') await runStatement(connection, statements.remove([lease.id], nowMs + 1));
  if (by) throw new FencedOffError(lease.fence, by);
}

export interface RevokeOptions extends LeaseTableOptions {
  /** The reason for people. It is in the holder's error. Default `revoked` */
  reason?: string;
  /**
   * How long to wait for each of the holder's running transactions, in ms. Default 2,000, at least 1, at most
   * 2,147,483,647. PostgreSQL alone: SQLite waits for the connection's busy timeout, MySQL for
   * `innodb_lock_wait_timeout`.
   */
  waitMs?: number;
}

/**
 * Marks a lease as revoked permanently, and waits until none of its transactions is running. Call it before the lease's
 * records go to another holder: in `beforeRevoke`. Any process may call it again, and the first reason stands. It also
 * revokes a lease that has never written.
 *
 * @param on a Kysely or a connection that is not in a transaction. The mark must be committed when this returns.
 * @throws {LeaseInUseError} if a transaction of the holder is still running after the wait. The records must stay held.
 * @throws {TypeError} if the id, the fence or `waitMs` are malformed, or a Kysely is in a transaction
 */
export async function revokeLease(
  on: AnyKysely | SqlConnection,
  lease: { id: string; fence?: string },
  options: RevokeOptions = {},
): Promise<void> {
  const { reason = 'revoked', waitMs = 2_000 } = options;
  // PostgreSQL takes 0 for "without a limit".
  assertDurationSetting('waitMs', waitMs, { atLeastMs: 1, atMostMs: 2 ** 31 - 1, isWhole: true });
  assertLeaseId(lease.id);
  if (lease.fence !== undefined) assertFence(lease.fence);
  if (isKysely(on) && on.isTransaction) {
    throw new TypeError(
      'revokeLease was given a transaction, whose mark nobody sees before it commits. Give it the Kysely itself.',
    );
  }
  const { connection, statements, nowMs } = await open(on, options);
  const fence = highestOf([lease.id, lease.fence ?? lease.id]);
  try {
    for (const one of statements.revoke({ leaseId: lease.id, fence, reason, nowMs, waitMs })) {
      await runStatement(connection, one);
    }
  } catch (error) {
    throw isLockTimeout(error) ? new LeaseInUseError(lease.id, error) : error;
  }
}

/** A lease could not be revoked, because a transaction of its holder did not end in time. */
export class LeaseInUseError extends RowlockError {
  readonly leaseId: string;

  constructor(leaseId: string, cause: unknown) {
    super(
      'unavailable',
      `Lease ${leaseId} could not be revoked: a transaction of its holder was still running after the wait. Its records ` +
        'stay held. Try again. If the holder is frozen or gone, let the database end its session: ' +
        "PostgreSQL does by `idle_in_transaction_session_timeout`, others when the client's connection breaks.",
      { cause },
    );
    this.name = 'LeaseInUseError';
    this.leaseId = leaseId;
  }
}

export interface CleanUpOptions extends LeaseTableOptions {
  /** How long a lease may write nothing before its row is removed, in ms. Default 7 days, at least 2 hours */
  keepMs?: number;
}

const DEFAULT_KEEP_MS = 7 * 24 * HOUR_MS;
/** Leases in use renew their row once an hour. */
const LEAST_KEEP_MS = 2 * REFRESH_MS;

/**
 * Removes the rows of leases that have written nothing for `keepMs`, revoked or not, and raises the floor to the
 * highest fence among them. A holder that returns after that is refused, and must acquire again. Safe at any time,
 * and in several processes at once.
 *
 * @returns how many rows it removed
 * @throws {TypeError} if `keepMs` is shorter than 2 hours
 */
export async function cleanUpLeases(
  on: AnyKysely | SqlConnection,
  options: CleanUpOptions = {},
): Promise<number> {
  const { keepMs = DEFAULT_KEEP_MS } = options;
  assertDurationSetting('keepMs', keepMs, { atLeastMs: LEAST_KEEP_MS });
  const { connection, statements, nowMs } = await open(on, options);
  const beforeMs = nowMs - keepMs;
  let removed = 0;
  for (;;) {
    const rows = await runStatement(connection, statements.unused(beforeMs));
    if (rows.length === 0) return removed;
    const highest = highestOf(rows.map((row) => String(row.fence)));
    // The floor first: if this process crashes now, some valid leases are refused, but no revoked lease passes.
    await runStatement(connection, statements.raiseFloor(highest, nowMs));
    await runStatement(
      connection,
      statements.remove(
        rows.map((row) => String(row.id)),
        beforeMs,
      ),
    );
    removed += rows.length;
    if (rows.length < CLEAN_UP_SIZE) return removed;
  }
}

async function open(
  on: AnyKysely | SqlConnection,
  { table, dialect, nowMs = Date.now() }: LeaseTableOptions,
): Promise<{ connection: SqlConnection; statements: LeaseStatements; nowMs: number }> {
  const connection = await connectionOf(on, dialect);
  return { connection, statements: leaseStatements(connection.dialect, table), nowMs };
}
