/** The verbs of leases that wait. */
import type { LeaseId, LeaseSecret } from '@rowlock/protocol';
import { LeaseLostError } from '../../errors.ts';
import { parseNotice, toAcquiredLease } from './acquiredNotice.ts';
import type { LockRegistry } from './lockRegistry.ts';
import type { RegistryScripts } from './registryScripts.ts';

type AcquiredReply = ['acquired', notice: string];

export function createWaitVerbs(
  scripts: Pick<RegistryScripts, 'renewWaiting' | 'stopWaiting'>,
): Pick<LockRegistry, 'renewWaiting' | 'stopWaiting'> {
  const readAcquired = ([kind, notice]: AcquiredReply, { secret }: LeaseSecret, ttlMs: number) => ({
    kind,
    lease: toAcquiredLease(parseNotice(notice), { secret, ttlMs }),
  });
  return {
    async renewWaiting(leaseSecret, ttlMs) {
      const { leaseId, secret } = leaseSecret;
      const reply = (await scripts.renewWaiting(leaseId, secret)) as
        | AcquiredReply
        | ['waiting', string, number]
        | null;
      if (!reply) throw new LeaseLostError(leaseId);
      if (reply[0] === 'acquired') return readAcquired(reply, leaseSecret, ttlMs);
      return { kind: 'waiting', position: reply[2] };
    },

    async stopWaiting(leaseSecret, ttlMs, leaseIds) {
      const { leaseId, secret } = leaseSecret;
      const reply = (await scripts.stopWaiting(leaseId, secret, ...leaseIds)) as
        | AcquiredReply
        | ['stopped', LeaseId[]];
      if (reply[0] === 'acquired') return readAcquired(reply, leaseSecret, ttlMs);
      return { kind: 'stopped', remaining: reply[1] };
    },
  };
}
