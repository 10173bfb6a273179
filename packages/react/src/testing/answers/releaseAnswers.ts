/** The server in memory: release requests, and their answers. */
import type { LeaseId, RecordKey } from '@rowlock/protocol';
import { randomToken } from '../../core/randomToken.ts';
import type { MemoryTab } from '../memoryTab.ts';
import { lostLease, Refusal } from '../refusal.ts';
import type { AnswerParts, Answers } from './answerParts.ts';

export function createReleaseAnswers({
  ledger,
  permissions,
  releaseRequests,
  assertResources,
  endLease,
}: AnswerParts): Answers<'requestRelease' | 'answerRelease'> {
  const assertCanAsk = (tab: MemoryTab, leaseId: LeaseId, records: readonly RecordKey[]) => {
    const conflict = ledger.conflictsOf(records, 'exclusive').find(({ lease }) => lease.id === leaseId);
    if (!conflict || conflict.isWaiting) {
      const message = 'The lease does not block these records, or no longer. Acquire the records.';
      throw new Refusal({ code: 'not_found', message });
    }
    const { holder } = conflict.lease;
    if (holder.type === 'task') {
      const message =
        'A task cannot be asked to release its records. Cancel the task instead, or wait for it.';
      throw new Refusal({ code: 'bad_request', message });
    }
    if (holder.id === tab.sessionId) {
      throw new Refusal({ code: 'bad_request', message: "The lease is this tab's own. Release it." });
    }
  };

  return {
    requestRelease: (tab, { leaseId, records, scope, message, requestId = randomToken() }) => {
      assertResources(records);
      permissions.requireAcquire(tab.actor, records, scope);
      const known = releaseRequests.find(leaseId, tab.actor.id);
      if (known?.requestId !== requestId) assertCanAsk(tab, leaseId, records);
      const asked = { requestId, leaseId, by: tab.actor, records, ...(message !== undefined && { message }) };
      const request = releaseRequests.open(asked);
      const { answerBy, answer } = request;
      return { requestId: request.requestId, answerBy, ...(answer && { answer }) };
    },

    answerRelease: (tab, { leaseId, requestId, answer }) => {
      if (ledger.leases.get(leaseId)?.tab !== tab) throw lostLease();
      if (answer === 'released') {
        endLease(leaseId);
        return { answer };
      }
      const first = releaseRequests.answer(leaseId, requestId, answer);
      if (!first) throw new Refusal({ code: 'not_found', message: 'The release request is unknown.' });
      return { answer: first };
    },
  };
}
