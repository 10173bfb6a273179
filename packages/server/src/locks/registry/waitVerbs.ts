/** The verbs of leases that wait. */
import type { Holder, LeaseId, LeaseSecret, LockMode } from '@rowlock/protocol';
import { LeaseLostError } from '../../errors.ts';
import { parseNotice, toAcquiredLease } from './acquiredNotice.ts';
import type { LockRegistry } from './lockRegistry.ts';
import type { RegistryScripts } from './registryScripts.ts';
import { newSecret } from './requests.ts';

type WaitVerbs = Pick<LockRegistry, 'renewWaiting' | 'resumeWaiting' | 'stopWaiting'>;

type AcquiredReply = ['acquired', notice: string];
type RenewReply =
  | [...AcquiredReply, heartbeat: number]
  | ['waiting', leaseId: LeaseId, position: number, heartbeat: string]
  | null;
type ResumeReply =
  | [
      'waiting',
      position: number,
      heartbeat: string,
      ttlMs: string,
      count: string,
      holder: string,
      mode: LockMode,
      blockers: LeaseId[],
    ]
  | ['held']
  | null;

export function createWaitVerbs({
  scripts,
  getCoverage,
}: {
  scripts: Pick<RegistryScripts, keyof WaitVerbs>;
  getCoverage: LockRegistry['getCoverage'];
}): WaitVerbs {
  const readAcquired = (notice: string, { secret }: LeaseSecret, ttlMs: number) => ({
    kind: 'acquired' as const,
    lease: toAcquiredLease(parseNotice(notice), { secret, ttlMs }),
  });
  return {
    async renewWaiting(leaseSecret, ttlMs) {
      const { leaseId, secret } = leaseSecret;
      const reply = (await scripts.renewWaiting(leaseId, secret)) as RenewReply;
      if (!reply) throw new LeaseLostError(leaseId);
      if (reply[0] === 'waiting') return { kind: 'waiting', position: reply[2], heartbeat: reply[3] };
      return { ...readAcquired(reply[1], leaseSecret, ttlMs), heartbeat: String(reply[2]) };
    },

    async resumeWaiting({ leaseId, secret }, next = newSecret(), actorId = '') {
      const reply = (await scripts.resumeWaiting(leaseId, secret, next, actorId)) as ResumeReply;
      if (!reply) throw new LeaseLostError(leaseId);
      if (reply[0] === 'held') return { kind: 'acquired' };
      const [kind, position, heartbeat, ttlMs, count, holder, mode, blockers] = reply;
      const recordCount = Number(count);
      return {
        kind,
        waiting: { id: leaseId, secret: next, ttlMs: Number(ttlMs), recordCount, position },
        ...(await getCoverage([leaseId])).get(leaseId)!,
        holder: JSON.parse(holder) as Holder,
        mode,
        heartbeat,
        blockers,
      };
    },

    async stopWaiting(leaseSecret, ttlMs, leaseIds) {
      const { leaseId, secret } = leaseSecret;
      const reply = (await scripts.stopWaiting(leaseId, secret, ...leaseIds)) as
        | AcquiredReply
        | ['stopped', LeaseId[]];
      if (reply[0] === 'acquired') return readAcquired(reply[1], leaseSecret, ttlMs);
      return { kind: 'stopped', remaining: reply[1] };
    },
  };
}
