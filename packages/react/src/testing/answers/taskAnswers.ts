/** The server in memory: what a tab asks of tasks. */
import { isFinal, type LeaseSecret, type TaskView } from '@rowlock/protocol';
import type { MemoryLease } from '../memoryLease.ts';
import type { MemoryTab } from '../memoryTab.ts';
import { lostLease, Refusal } from '../refusal.ts';
import type { AnswerParts, Answers } from './answerParts.ts';

export function createTaskAnswers({
  clock,
  ledger,
  definitions,
  launches,
  idleness,
  permissions,
  updateTask,
  later,
}: AnswerParts): Answers<'launch' | 'preview' | 'cancel' | 'retry'> {
  function taskOf(id: string): TaskView {
    const task = ledger.tasks.get(id);
    if (task) return task;
    throw new Refusal({ code: 'not_found', message: `There is no task ${id}.` });
  }

  /** The lease, unless the launch before with the same key has made it a task's. */
  function leaseOf(tab: MemoryTab, leaseSecret: LeaseSecret | undefined): MemoryLease | undefined {
    if (!leaseSecret) return undefined;
    const lease = ledger.leases.get(leaseSecret.leaseId);
    if (lease?.secret !== leaseSecret.secret || lease.view.holder.actor.id !== tab.actor.id)
      throw lostLease();
    return lease;
  }

  return {
    launch: (tab, { task: name, input, lease: leaseSecret, ...options }) => {
      const { onConflict, waitMs, delayMs, idempotencyKey: key, tags = [] } = options;
      const known = launches.findLaunched(tab.actor, name, key);
      if (known) return known;
      const planned = definitions.plan(tab.actor, name, input);
      const lease = leaseOf(tab, leaseSecret);
      const holder = lease?.tab;
      const launched = launches.launch(planned, {
        ...{ actor: tab.actor, onConflict, waitMs, delayMs },
        ...{ key, tags, lease },
      });
      if (lease && holder) {
        const leaseId = lease.view.id;
        idleness.noteLeases(holder);
        later(() => holder.emit({ type: 'leaseLost', payload: { leaseId, reason: 'transferred' } }));
      }
      return launched;
    },

    preview: ({ actor }, { task, input }) => launches.preview(actor, definitions.plan(actor, task, input)),

    cancel: ({ actor }, { taskId }) => {
      const task = taskOf(taskId);
      permissions.require({ actor, action: 'cancel', task });
      if (isFinal(task.state)) return { task };
      // As long as no worker runs it, it ends at once.
      const hasBegun = task.state === 'running';
      const ended = hasBegun ? {} : ({ state: 'cancelled', endedAt: clock.now() } as const);
      return { task: updateTask(taskId, { cancelRequested: true, ...ended }) };
    },

    retry: (tab, { taskId, onlyFailed = false, ...options }) => {
      const { onConflict, waitMs, delayMs, idempotencyKey: key } = options;
      const former = taskOf(taskId);
      permissions.require({ actor: tab.actor, action: 'watch', task: former });
      const known = launches.findLaunched(tab.actor, former.name, key);
      if (known) return known;
      return launches.launch(launches.planRetry(tab.actor, former, onlyFailed), {
        actor: tab.actor,
        onConflict,
        waitMs,
        delayMs,
        key,
        tags: [],
        lease: undefined,
        retryOf: taskId,
      });
    },
  };
}
