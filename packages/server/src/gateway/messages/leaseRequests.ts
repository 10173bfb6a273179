/** The checks of each request of a session for records: known resources, the limit of its leases, the permission. */
import type { Limits, LockScope, RecordKey } from '@rowlock/protocol';
import { RowlockError } from '../../errors.ts';
import type { SessionLeases } from '../../locks/leases/sessionLeases.ts';
import type { Permissions } from '../../permissions.ts';
import { requireAcquire } from '../../requireAcquire.ts';
import type { EnsureSession } from '../../sessions/openSessions.ts';
import type { Tasks } from '../../tasks/tasks.ts';
import type { IdleSessions } from '../idleSessions.ts';
import type { Session } from '../session/session.ts';

export interface LeaseRequestParts {
  sessionLeases: SessionLeases;
  permissions: Pick<Permissions, 'assertLockable' | 'require'>;
  ensureSession: EnsureSession;
  idleSessions: IdleSessions;
  tasks: Pick<Tasks, 'describeConflicts'>;
  limits: Pick<Limits, 'acquiredRecords' | 'heldLeases'>;
}

interface AskedRecords {
  records: readonly RecordKey[];
  scope: LockScope;
}

/** @throws {RowlockError} `unknown_resource`, `rate_limited`, `forbidden` */
export type MayAsk = (session: Session, asked: AskedRecords) => Promise<void>;

/** Checks a request for a new lease. */
export function createMayAsk({
  sessionLeases,
  permissions,
  ensureSession,
  limits,
}: Omit<LeaseRequestParts, 'tasks' | 'idleSessions'>): MayAsk {
  return async (session, { records, scope }) => {
    if (sessionLeases.getLeaseCount(session) >= limits.heldLeases) {
      throw new RowlockError(
        'rate_limited',
        `This tab holds ${limits.heldLeases} leases or waits for them, and may have no more. Release some first.`,
      );
    }
    await requireAcquire(permissions, session, { records, scope });
    await ensureSession(session);
  };
}
