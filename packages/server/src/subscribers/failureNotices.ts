/** A subscriber that tells of each task that has failed for good. */
import type { Actor } from '@rowlock/protocol';
import type { Subscriber, SubscriberContext } from './subscriber.ts';

export interface FailureNotice {
  /** The same each time that this failure is told: who keeps the ids that he has seen sends nothing twice */
  id: string;
  taskId: string;
  /** Absent, as all that follows but the time, where the task was forgotten before its failure could be told */
  name?: string;
  label?: string;
  /** On whose behalf it ran: whom to tell */
  actor?: Actor;
  /** Why, in words */
  why?: string;
  /** How many rows it could not do */
  failedCount?: number;
  /** Unix time in ms by the Redis server's clock, for display */
  at: number;
}

export interface FailureNoticeOptions extends Pick<Subscriber, 'from' | 'timeoutMs'> {
  /** Called at least once for each failed task, in order; one that throws is called again until it succeeds */
  send(notice: FailureNotice, context: SubscriberContext): void | Promise<void>;
}

/** To be given a name: `createRowlock({ subscribers: { notices: failureNotices({ send }) } })`. */
export function failureNotices({ send, ...options }: FailureNoticeOptions): Subscriber {
  return {
    ...options,
    onTask({ kind, taskId, task, at }, context) {
      if (kind !== 'failed') return;
      return send(
        {
          id: `failed:${taskId}`,
          taskId,
          ...(task && {
            name: task.name,
            label: task.label,
            actor: task.actor,
            failedCount: task.failedCount ?? 0,
            ...(task.error !== undefined && { why: task.error }),
          }),
          at: task?.endedAt ?? at,
        },
        context,
      );
    },
  };
}
