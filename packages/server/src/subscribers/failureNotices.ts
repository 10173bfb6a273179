/** A subscriber that reports each task that has failed and is not retried. */
import type { Actor } from '@rowlock/protocol';
import type { Subscriber, SubscriberContext } from './subscriber.ts';

export interface FailureNotice {
  /** Identical each time this failure is reported. Store the ids that you have seen, and you send nothing twice */
  id: string;
  taskId: string;
  /** Absent, like all fields below except the time, if the task was deleted before its failure was reported */
  name?: string;
  label?: string;
  /** The user for whom the task ran: notify them */
  actor?: Actor;
  /** Why, in words */
  why?: string;
  /** The number of records that failed */
  failedCount?: number;
  /** Unix time in ms by the Redis server's clock, for display */
  at: number;
}

export interface FailureNoticeOptions extends Pick<Subscriber, 'from' | 'timeoutMs'> {
  /** Called at least once for each failed task, in order. If it throws, it is called again until it succeeds */
  send(notice: FailureNotice, context: SubscriberContext): void | Promise<void>;
}

/** Give it a name: `createRowlock({ subscribers: { notices: failureNotices({ send }) } })`. */
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
