/** The server in memory: the leases of a tab. */
import type { Conflict, Holder, LeaseSecret } from '@rowlock/protocol';
import { randomToken } from '../../core/randomToken.ts';
import { owned } from '../memoryLedger.ts';
import type { MemoryTab } from '../memoryTab.ts';
import { lostLease, Refusal } from '../refusal.ts';
import type { AnswerParts, Answers } from './answerParts.ts';

export function createLeaseAnswers({
  clock,
  limits,
  ledger,
  permissions,
  sessions,
  assertResources,
  free,
  sameUser,
  sendChanges,
  later,
}: AnswerParts): Answers<'acquire' | 'resume' | 'confirm' | 'release'> {
  const leasesOf = (tab: MemoryTab) => [...ledger.leases.values()].filter((lease) => lease.tab === tab);

  return {
    acquire: (tab, { records, mode, label, moves }) => {
      assertResources(records);
      if (leasesOf(tab).length >= limits.heldLeases) {
        throw new Refusal({
          code: 'rate_limited',
          message: `This tab holds ${limits.heldLeases} leases, and may hold no more. Release some first.`,
        });
      }
      permissions.require({ actor: tab.actor, action: 'acquire', records });
      sessions.ensure(tab);
      const met = ledger
        .conflictsOf(records, mode, tab.actor)
        .filter(({ lease }) => !(sameUser === 'share' && isSharedWith(tab, lease.holder)));
      const isMoved = sameUser === 'move' && moves && met.every((conflict) => isOtherTab(tab, conflict));
      if (isMoved) for (const { lease } of met) free(lease.id, 'moved');
      const conflicts = isMoved ? [] : met;
      if (conflicts.length > 0) {
        const count = conflicts.reduce((sum, conflict) => sum + conflict.recordCount, 0);
        const message = `${count} of the ${records.length} records are held by others. Wait until they are free.`;
        throw new Refusal({ code: 'conflict', message, conflicts });
      }
      const holder: Holder = {
        type: 'person',
        id: tab.sessionId,
        label: label ?? tab.actor.name,
        actor: tab.actor,
        ...(sameUser === 'share' && { sharesWithUser: true }),
      };
      const lease = ledger.acquire(records, { holder, mode, since: clock.now(), tab });
      sendChanges([...lease.records]);
      return { lease: owned(lease) };
    },
    resume: (tab, { leaseId, secret, nextSecret = randomToken() }) => {
      const lease = ledger.leases.get(leaseId);
      if (!lease || (lease.secret !== secret && lease.secret !== nextSecret)) throw lostLease();
      if (lease.view.holder.actor.id !== tab.actor.id) throw lostLease();
      permissions.require({ actor: tab.actor, action: 'acquire', records: [...lease.records] });
      sessions.ensure(tab);
      // It was the lease of another user of this session until now.
      if (!ledger.leases.has(leaseId)) throw lostLease();
      const before = lease.tab;
      if (before && before !== tab) {
        later(() => before.emit({ type: 'leaseLost', payload: { leaseId, reason: 'resumed elsewhere' } }));
      }
      lease.secret = nextSecret;
      lease.tab = tab;
      return { lease: owned(lease), records: [...lease.records] };
    },
    confirm: (tab) => ({
      leases: leasesOf(tab).map((lease) => ({ leaseId: lease.view.id, ageMs: 0 })),
    }),
    release: (_tab, leaseSecret: LeaseSecret) => {
      const lease = ledger.leases.get(leaseSecret.leaseId);
      if (lease?.secret !== leaseSecret.secret) throw lostLease();
      free(leaseSecret.leaseId);
      return {};
    },
  };
}

const isOtherTab = ({ sessionId }: MemoryTab, { isSameUser, lease }: Conflict): boolean =>
  isSameUser === true && lease.holder.id !== sessionId;

const isSharedWith = ({ actor }: MemoryTab, holder: Holder): boolean =>
  holder.sharesWithUser === true && holder.actor.id === actor.id;
