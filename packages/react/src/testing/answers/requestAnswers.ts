/** The server in memory: a tab asks for records. A subtree is no more than the named records, since this server knows no hierarchy. */
import type { Conflict, Holder, LockMode, LockScope, RecordKey } from '@rowlock/protocol';
import { covers, owned } from '../memoryLease.ts';
import type { MemoryLedger } from '../memoryLedger.ts';
import type { MemoryTab } from '../memoryTab.ts';
import { lostLease, Refusal } from '../refusal.ts';
import type { AnswerParts, Answers } from './answerParts.ts';
import { waitsStill } from './leaseAnswers.ts';

interface AskedRecords {
  records: readonly RecordKey[];
  mode: LockMode;
  scope: LockScope;
  label?: string | undefined;
}

export function createRequestAnswers(parts: AnswerParts): Answers<'acquire' | 'extend' | 'takeOver'> {
  const { clock, ledger, permissions, waits, idleness, releaseRequests, sameUser, endLease, sendChanges } =
    parts;
  const sharerOf = ({ actor }: MemoryTab) => (sameUser === 'share' ? actor : undefined);

  const check = createCheck(parts);
  const given = (tab: MemoryTab, { mode, scope, label }: AskedRecords) => {
    const { actor, sessionId: id } = tab;
    const shares = sameUser === 'share' && ({ sharesWithUser: true } as const);
    const holder: Holder = { type: 'person', id, label: label ?? actor.name, actor, ...shares };
    return { holder, mode, scope, since: clock.now(), tab };
  };
  const acquire = (tab: MemoryTab, asked: AskedRecords) => {
    const lease = ledger.acquire(asked.records, given(tab, asked));
    idleness.noteLeases(tab);
    sendChanges([...lease.records]);
    return lease;
  };
  const wait = (tab: MemoryTab, asked: AskedRecords) => {
    const lease = ledger.wait(asked.records, given(tab, asked));
    idleness.noteLeases(tab);
    return waits.owned(lease);
  };

  return {
    acquire: (tab, { onConflict, moves, ...asked }) => {
      check(tab, asked);
      if (moves) idleness.noteActivity(tab);
      const { records, mode } = asked;
      const asker = { actor: tab.actor, sharer: sharerOf(tab) };
      const { conflicts: met, available } = ledger.examine(records, mode, asker);
      const isMoved =
        sameUser === 'move' && moves && onConflict !== 'skip' && met.every((each) => isOtherTab(tab, each));
      const moved = { by: tab.actor, why: 'They have opened the records in another tab.' };
      if (isMoved) for (const { lease } of met) endLease(lease.id, 'moved', moved);
      const conflicts = isMoved ? [] : met;
      if (onConflict === 'skip') {
        if (available.length === 0) throw blocked(records, conflicts);
        const lease = acquire(tab, { ...asked, records: available });
        return { lease: owned(lease), records: available, conflicts };
      }
      if (conflicts.length === 0) return { lease: owned(acquire(tab, asked)) };
      if (onConflict === 'refuse') throw blocked(records, conflicts);
      if (closesCircle(ledger, tab.sessionId, conflicts)) throw deadlock(conflicts);
      return { waiting: wait(tab, asked), conflicts };
    },

    extend: createExtend(parts),

    takeOver: (tab, { reason, ...asked }) => {
      check(tab, asked);
      const { records, mode } = asked;
      const conflicts = ledger.conflictsOf(records, mode, { sharer: sharerOf(tab) });
      const toEnd = conflicts.filter(({ isWaiting }) => !isWaiting);
      if (toEnd.length === 0 && conflicts.length > 0) throw blocked(records, conflicts);
      for (const conflict of toEnd) {
        const requested = releaseRequests.find(conflict.lease.id, tab.actor.id);
        permissions.requireTakeOver(tab.actor, conflict, requested);
      }
      // First, so that no waiting lease comes in between.
      const lease = ledger.acquire(records, given(tab, asked));
      idleness.noteLeases(tab);
      for (const { lease: ended } of toEnd) endLease(ended.id, 'taken over', { by: tab.actor, why: reason });
      sendChanges([...lease.records]);
      return { lease: owned(lease) };
    },
  };
}

const createExtend =
  ({ limits, ledger, permissions, assertResources, sendChanges }: AnswerParts): Answers<'extend'>['extend'] =>
  (tab, { leaseId, secret, records, onConflict }) => {
    const lease = ledger.find(leaseId);
    if (lease?.secret !== secret || lease.view.holder.actor.id !== tab.actor.id) throw lostLease();
    const count = new Set([...lease.records, ...records]).size;
    if (count > limits.acquiredRecords) {
      const message = `The lease would cover ${count} records, and may cover at most ${limits.acquiredRecords}.`;
      throw new Refusal({ code: 'too_many_records', message });
    }
    assertResources(records);
    permissions.requireAcquire(tab.actor, records, lease.scope);
    if (ledger.waiting.has(leaseId)) throw waitsStill();
    const asker = { actor: tab.actor, self: lease };
    const { conflicts, available } = ledger.examine(records, lease.view.mode, asker);
    if (available.length === 0 || (onConflict === 'refuse' && conflicts.length > 0)) {
      throw blocked(records, conflicts);
    }
    if (available.some((key) => !covers(lease.records, key))) {
      lease.fence = ledger.nextFence();
      ledger.setRecords(lease, [...lease.records, ...available]);
      sendChanges(available);
    }
    return { lease: owned(lease), records: available, ...(onConflict === 'skip' && { conflicts }) };
  };

/** The checks of every request for a new lease. */
const createCheck =
  ({ limits, ledger, permissions, sessions, assertResources }: AnswerParts) =>
  (tab: MemoryTab, { records, scope }: AskedRecords): void => {
    assertResources(records);
    if (ledger.leasesOfTab(tab).length >= limits.heldLeases) {
      throw new Refusal({
        code: 'rate_limited',
        message: `This tab holds ${limits.heldLeases} leases or waits for them, and may have no more. Release some first.`,
      });
    }
    permissions.requireAcquire(tab.actor, records, scope);
    sessions.ensure(tab);
  };

const isOtherTab = ({ sessionId }: MemoryTab, { isSameUser, isWaiting, lease }: Conflict): boolean =>
  isSameUser === true && isWaiting !== true && lease.holder.id !== sessionId;

/** Whether a blocking holder waits, perhaps through others, for this session. */
function closesCircle(
  ledger: MemoryLedger,
  sessionId: string,
  conflicts: readonly Conflict[],
  seen: Set<string> = new Set(),
): boolean {
  return conflicts.some(({ lease: { holder } }) => {
    if (holder.id === sessionId) return seen.size > 0;
    if (seen.has(holder.id)) return false;
    seen.add(holder.id);
    const waits = [...ledger.waiting.values()].filter(({ view }) => view.holder.id === holder.id);
    return waits.some((waiting) => {
      const next = ledger.conflictsOf([...waiting.records], waiting.view.mode, { self: waiting });
      return closesCircle(ledger, sessionId, next, seen);
    });
  });
}

function blocked(records: readonly RecordKey[], conflicts: Conflict[]): Refusal {
  const count = conflicts.reduce((sum, conflict) => sum + conflict.recordCount, 0);
  const message = `${count} of the ${records.length} records are held by others. Wait until they are free.`;
  return new Refusal({ code: 'conflict', message, conflicts });
}

const deadlock = (conflicts: Conflict[]) =>
  new Refusal({
    code: 'conflict',
    message: 'Waiting would never end: another holder waits for records of this tab. Release them first.',
    conflicts,
  });
