/** The leases that a request proves, as far as they cover the records of its write. */
import type { RecordKey, SessionSecret } from '@rowlock/protocol';
import { RowlockError } from '../../errors.ts';
import type { LockRegistry, ProvenLease } from '../../locks/registry/lockRegistry.ts';
import type { SessionStore } from '../../sessions/sessionStore.ts';
import type { WriteSecrets } from './writeSecrets.ts';

export interface ProofDeps {
  registry: LockRegistry;
  sessionStore: Pick<SessionStore, 'examine'>;
}

interface ProvenLeases {
  leases: ProvenLease[];
  /** The records that none of them covers */
  uncovered: RecordKey[];
  /** The session that the request names, else the holder of the lease that it names */
  holderId?: string | undefined;
}

/**
 * A lease that the request names must be in force. A session may hold nothing: then all records are uncovered.
 * @throws {LeaseLostError} {RowlockError} `lease_lost` if the session is another client's or user's; `unavailable`
 */
export async function findProvenLeases(
  deps: ProofDeps,
  { leaseSecret, session }: WriteSecrets,
  write: { records: RecordKey[]; actorId: string },
): Promise<ProvenLeases> {
  const { registry } = deps;
  const named = leaseSecret && (await registry.prove(leaseSecret, write.records, write.actorId));
  const leases = named ? [{ ...leaseSecret, fence: named.fence }] : [];
  const uncovered = named ? named.uncovered : write.records;
  if (!session) return { leases, uncovered, holderId: named?.holder.id };
  const others = await findSessionLeases(deps, session, { ...write, records: uncovered });
  return {
    leases: [...leases, ...others.leases],
    uncovered: others.uncovered,
    holderId: session.sessionId,
  };
}

async function findSessionLeases(
  { registry, sessionStore }: ProofDeps,
  session: SessionSecret,
  { records, actorId }: { records: RecordKey[]; actorId: string },
): Promise<ProvenLeases> {
  switch (await sessionStore.examine(session, actorId)) {
    case 'proven':
      if (records.length === 0) return { leases: [], uncovered: [] };
      return registry.proveHolder({ type: 'person', id: session.sessionId, actorId }, records);
    case 'unknown':
      return { leases: [], uncovered: records };
    case 'ended':
      throw new RowlockError(
        'lease_lost',
        'The session of this tab has ended, because its user signed out. Nothing was written. Sign in, and acquire the ' +
          'records again.',
      );
    default:
      throw new RowlockError(
        'lease_lost',
        'The session of this tab belongs to another user or client, so it proves no lease of yours. Reload the page, and ' +
          'acquire the records again.',
      );
  }
}
