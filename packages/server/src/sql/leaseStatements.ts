/**
 * The lease table in plain SQL. Its rows:
 *
 * - `lease_id` > 0: a lease. Holders lock it, shared if the database supports that, from their check to the end of
 * their transaction. The revoker changes it, and so waits for them.
 * - `lease_id` < 0 (PostgreSQL alone): the revoker of that lease announces itself. Shared locks may follow each other
 * without a gap, and the revoker would wait without an end. So a holder that sees the announcement acquires no
 * further lock.
 * - `lease_id` = 0: `fence` is the floor, below which an unknown lease may have been revoked and cleaned up.
 */
import type { SqlDialect, SqlStatement } from './connection.ts';
import { announcementId, type FencedLease, FLOOR_ID } from './leaseVerdict.ts';
import { GRAMMAR, quoted, statement } from './statement.ts';

const LEASE_TABLE = 'rowlock_leases';

/** The most rows of one clean-up statement. */
export const CLEAN_UP_SIZE = 500;

export interface Revocation {
  leaseId: string;
  /** At least the lease's id and every fence of it that the revoker knows */
  fence: string;
  reason: string;
  nowMs: number;
  /** How long to wait for the holder's transaction. PostgreSQL alone: the others have settings of the connection */
  waitMs: number;
}

export interface LeaseStatements {
  /** Creates the table and its floor, if they do not exist */
  create: readonly SqlStatement[];
  /**
   * Acquires the shared lock on a lease that is registered under this fence and was used since `freshMs`, and returns
   * its row. Undefined if the database has no useful shared row locks: there `register` locks too.
   */
  lock?: (lease: FencedLease, freshMs: number) => SqlStatement;
  /** Makes or renews the lease's row, and locks it */
  register: (lease: FencedLease, nowMs: number) => SqlStatement;
  /**
   * The lease's row, its revoker's announcement and the floor: `id`, `fence`, `registered`, `revoked` as text,
   * `reason`
   */
  read: (leaseId: string) => SqlStatement;
  /** Each statement commits by itself, in this order. The last waits for the holder's transactions */
  revoke: (revocation: Revocation) => readonly SqlStatement[];
  /** Rows that were not used since `beforeMs`: `id` and `fence` as text */
  unused: (beforeMs: number) => SqlStatement;
  raiseFloor: (fence: string, nowMs: number) => SqlStatement;
  remove: (ids: readonly string[], beforeMs: number) => SqlStatement;
}

/** @param table the table's name. Default `rowlock_leases`. Each namespace needs a table of its own */
export function leaseStatements(dialect: SqlDialect, table = LEASE_TABLE): LeaseStatements {
  const leases = quoted(dialect, table);
  const { text, sharedLock } = GRAMMAR[dialect];
  const asText = (column: string, name: string) => `cast(${column} as ${text}) as ${name}`;
  const hasSharedLocks = dialect === 'postgresql';
  const row = [
    asText('lease_id', 'id'),
    asText('fence', 'fence'),
    asText('registered_at', 'registered'),
    asText('revoked_at', 'revoked'),
    'reason as reason',
  ].join(', ');
  const of = (template: string, values: Parameters<typeof statement>[2]) =>
    statement(dialect, template, values);
  const upsert = createUpsert(dialect, leases);

  const register = ({ id, fence }: FencedLease, nowMs: number) =>
    of(
      upsert('values (:id, :fence, :nowMs, :nowMs, null, null)', (old, given, greatest) => ({
        fence: greatest(old('fence'), given('fence')),
        used_at: greatest(old('used_at'), given('used_at')),
      })),
      { id, fence, nowMs },
    );
  const mark = (id: string, { fence, reason, nowMs, waitMs }: Revocation, source: string) =>
    of(
      upsert(source, (old, given, greatest) => ({
        fence: greatest(old('fence'), given('fence')),
        used_at: greatest(old('used_at'), given('used_at')),
        // The first revocation stands. In this order: MySQL sees what it has assigned already.
        reason: `case when ${old('revoked_at')} is null then ${given('reason')} else ${old('reason')} end`,
        revoked_at: `coalesce(${old('revoked_at')}, ${given('revoked_at')})`,
      })),
      { id, fence, reason, nowMs, waitMs: String(waitMs) },
    );

  return {
    create: [
      of(
        `create table if not exists ${leases} (lease_id bigint not null primary key, fence bigint not null, ` +
          'registered_at bigint not null, used_at bigint not null, revoked_at bigint, reason text)',
        {},
      ),
      of(
        upsert(`values (${FLOOR_ID}, 0, 0, 0, null, null)`, (old) => ({ fence: old('fence') })),
        {},
      ),
    ],
    ...(hasSharedLocks && {
      lock: ({ id, fence }, freshMs) =>
        of(
          `select ${row} from ${leases} where lease_id in (:id, :announced) ` +
            `and (lease_id < 0 or (fence >= :fence and used_at >= :freshMs))${sharedLock}`,
          { id, announced: announcementId(id), fence, freshMs },
        ),
    }),
    register,
    read: (id) =>
      // The own row is locked by `register`. MySQL's plain read may be of an old snapshot.
      of(`select ${row} from ${leases} where lease_id in (:ids)${dialect === 'mysql' ? sharedLock : ''}`, {
        ids: [id, FLOOR_ID, ...(hasSharedLocks ? [announcementId(id)] : [])],
      }),
    revoke: (revocation) =>
      hasSharedLocks
        ? [
            mark(announcementId(revocation.leaseId), revocation, PLAIN_MARK),
            mark(revocation.leaseId, revocation, PATIENT_MARK),
          ]
        : [mark(revocation.leaseId, revocation, PLAIN_MARK)],
    unused: (beforeMs) =>
      of(
        `select ${asText('lease_id', 'id')}, ${asText('fence', 'fence')} from ${leases} ` +
          `where used_at < :beforeMs and lease_id <> ${FLOOR_ID} order by used_at limit ${CLEAN_UP_SIZE}`,
        { beforeMs },
      ),
    raiseFloor: (fence, nowMs) => register({ id: FLOOR_ID, fence }, nowMs),
    remove: (ids, beforeMs) =>
      of(`delete from ${leases} where used_at < :beforeMs and lease_id in (:ids)`, { beforeMs, ids }),
  };
}

const COLUMNS = 'lease_id, fence, registered_at, used_at, revoked_at, reason';
const PLAIN_MARK = 'values (:id, :fence, :nowMs, :nowMs, :nowMs, :reason)';
// The limit holds for this statement alone, since it is a transaction of its own; so one round trip does all.
const PATIENT_MARK =
  'select cast(:id as bigint), cast(:fence as bigint), cast(:nowMs as bigint), cast(:nowMs as bigint), ' +
  "cast(:nowMs as bigint), cast(:reason as text) from (select set_config('lock_timeout', :waitMs, true) offset 0) as patience";

type Column = (name: string) => string;
type Updates = (
  old: Column,
  given: Column,
  greatest: (a: string, b: string) => string,
) => Record<string, string>;

/** Insert or update, which each dialect spells in its own way. */
function createUpsert(dialect: SqlDialect, table: string): (source: string, updates: Updates) => string {
  const greatest = (a: string, b: string) => `${GRAMMAR[dialect].greatest}(${a}, ${b})`;
  const isMysql = dialect === 'mysql';
  const old: Column = isMysql ? (name) => name : (name) => `held.${name}`;
  const given: Column = isMysql ? (name) => `values(${name})` : (name) => `excluded.${name}`;
  return (source, updates) => {
    const set = Object.entries(updates(old, given, greatest)).map(([name, value]) => `${name} = ${value}`);
    return isMysql
      ? `insert into ${table} (${COLUMNS}) ${source} on duplicate key update ${set.join(', ')}`
      : `insert into ${table} as held (${COLUMNS}) ${source} on conflict (lease_id) do update set ${set.join(', ')}`;
  };
}
