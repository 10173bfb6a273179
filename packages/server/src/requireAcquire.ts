/** The permission to acquire records, as every face of the server asks for it. */
import type { Actor, LockScope, RecordKey } from '@rowlock/protocol';
import type { Permissions } from './permissions.ts';

/** @throws {RowlockError} `unknown_resource`, `forbidden` */
export async function requireAcquire(
  permissions: Pick<Permissions, 'assertLockable' | 'require'>,
  { actor }: { actor: Actor },
  { records, scope }: { records: readonly RecordKey[]; scope: LockScope },
): Promise<void> {
  const assertLockable: Permissions['assertLockable'] = permissions.assertLockable;
  assertLockable(records);
  const coversMore = scope === 'subtree' || records.some((key) => key.endsWith('/*'));
  await permissions.require({ actor, action: 'acquire', records, scope: coversMore ? 'subtree' : 'record' });
}
