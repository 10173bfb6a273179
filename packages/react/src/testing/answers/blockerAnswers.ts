/** The server in memory: what a request for records would wait for. */
import type { Actor, Blocker, RecordKey } from '@rowlock/protocol';
import { covers, isTabOf, type MemoryLease } from '../memoryLease.ts';
import type { AnswerParts, Answers } from './answerParts.ts';

export function createBlockerAnswers({
  ledger,
  permissions,
  assertResources,
  tasks,
}: AnswerParts): Answers<'listBlockers'> {
  /** The task of a lease and its order, if the user may watch the task. */
  function workOf({ view: { id } }: MemoryLease, asked: readonly RecordKey[], actor: Actor) {
    const conflict = ledger.conflictsOf(asked, 'exclusive', { actor }).find(({ lease }) => lease.id === id);
    const task = conflict?.task;
    const placeOf = new Map(task && tasks.recordsOf(task.id).map((record, place) => [record, place]));
    return { ...(task && { task }), ...(placeOf.size > 0 && { placeOf }) };
  }

  return {
    listBlockers: ({ actor }, { records }) => {
      assertResources(records);
      permissions.require({ actor, action: 'watch', records });
      const open = [...ledger.leases.values(), ...ledger.waiting.values()];
      const blockers = open.flatMap((lease): Blocker[] => {
        const asked = [...new Set(records)].filter((key) => covers(lease.records, key));
        if (asked.length === 0) return [];
        const { task, placeOf } = workOf(lease, asked, actor);
        const isWaiting = ledger.waiting.has(lease.view.id);
        return [
          {
            lease: permissions.asSeen(actor, lease.view, ledger.tasks.get(lease.view.holder.id)),
            ...(task && { task }),
            ...(isWaiting && { isWaiting }),
            ...(isTabOf(actor, lease) && { isSameUser: true }),
            records: asked,
            ...(placeOf && { order: asked.map((key) => placeOf.get(key) ?? null) }),
            ...(isWaiting && { waitsFor: awaitedBy(lease, actor) }),
          },
        ];
      });
      return { blockers };
    },
  };

  function awaitedBy(lease: MemoryLease, actor: Actor): NonNullable<Blocker['waitsFor']> {
    const wanted = [...lease.records];
    return ledger.conflictsOf(wanted, lease.view.mode, { self: lease }).map(({ lease: { id } }) => {
      const { placeOf } = workOf(ledger.find(id)!, wanted, actor);
      const places = wanted.flatMap((key) => placeOf?.get(key) ?? []);
      return { leaseId: id, ...(places.length > 0 && { until: Math.max(...places) }) };
    });
  }
}
