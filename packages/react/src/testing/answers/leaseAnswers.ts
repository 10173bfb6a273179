/** The server in memory: the leases that a tab has, in force or waiting. */
import { randomToken } from '../../core/randomToken.ts';
import { type MemoryLease, owned } from '../memoryLease.ts';
import { lostLease, Refusal } from '../refusal.ts';
import type { AnswerParts, Answers } from './answerParts.ts';

export function createLeaseAnswers({
  ledger,
  permissions,
  sessions,
  waits,
  releaseRequests,
  endLease,
  idleness,
  sendChanges,
  later,
}: AnswerParts): Answers<'resume' | 'confirm' | 'release'> {
  const isWaiting = ({ view }: MemoryLease) => ledger.waiting.has(view.id);

  return {
    resume: (tab, { leaseId, secret, idleMs, nextSecret = randomToken() }) => {
      const lease = ledger.find(leaseId);
      if (!lease || (lease.secret !== secret && lease.secret !== nextSecret)) throw lostLease();
      if (lease.view.holder.actor.id !== tab.actor.id) throw lostLease();
      const records = [...lease.records];
      permissions.requireAcquire(tab.actor, records, lease.scope);
      sessions.ensure(tab);
      // It was the lease of another user of this session until now.
      if (!ledger.find(leaseId)) throw lostLease();
      const before = lease.tab;
      if (before && before !== tab) {
        later(() => before.emit({ type: 'leaseLost', payload: { leaseId, reason: 'resumed elsewhere' } }));
      }
      lease.secret = nextSecret;
      lease.tab = tab;
      idleness.noteActivity(tab, idleMs);
      if (before) idleness.noteLeases(before);
      if (!isWaiting(lease)) {
        releaseRequests.deliverAll(leaseId);
        return { lease: owned(lease), records };
      }
      const conflicts = ledger.conflictsOf(records, lease.view.mode, { actor: tab.actor, self: lease });
      return { waiting: waits.owned(lease), records, conflicts };
    },
    confirm: (tab) => ({
      leases: ledger.leasesOfTab(tab).map((lease) => ({
        leaseId: lease.view.id,
        ageMs: 0,
        ...(isWaiting(lease) && { position: waits.positionOf(lease) }),
      })),
    }),
    release: (_tab, { leaseId, secret, records }) => {
      const lease = ledger.find(leaseId);
      if (lease?.secret !== secret) throw lostLease();
      const released = new Set(records ?? lease.records);
      const left = [...lease.records].filter((key) => !released.has(key));
      if (records && isWaiting(lease)) throw waitsStill();
      if (left.length === 0) {
        endLease(leaseId);
        return { recordCount: 0 };
      }
      ledger.setRecords(lease, left);
      sendChanges([...released]);
      waits.advance();
      return { recordCount: left.length };
    },
  };
}

export const waitsStill = (): Refusal =>
  new Refusal({
    code: 'bad_request',
    message: 'The lease still waits for its records, so it can be neither extended nor released in part.',
  });
