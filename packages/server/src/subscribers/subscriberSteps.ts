/** The steps by which a subscriber is called: made of entries of the log, or of a gap in it. */
import type { TaskView } from '@rowlock/protocol';
import { type LogEntry, type LogPosition, timeOf } from '../changeLog/entry.ts';
import type { SubscriberCall } from './callSubscriber.ts';
import type { Subscriber, SubscriberGap } from './subscriber.ts';
import { leaseEventOf, presentOf, taskEventOf } from './subscriberEvents.ts';

export interface Step {
  /** In words: `failed of task 7f3a` */
  what: string;
  /** Reads what the call needs, and returns the call. Undefined if there is nothing to call */
  prepare?(): Promise<SubscriberCall | undefined>;
  /** Steps that follow immediately after this one */
  followedBy?(): Promise<Step[]>;
  /** The position that this step reaches */
  position?: LogPosition;
  /** If it fails, nothing is lost, and it is not repeated */
  isBestEffort?: boolean;
}

export interface StepSource {
  subscriber: Subscriber;
  getTask(taskId: string): Promise<TaskView | undefined>;
  /** All known tasks, oldest first */
  taskIds(): Promise<string[]>;
}

/** Makes the steps for one period of leading a subscriber. */
export function createSteps({ subscriber, getTask, taskIds }: StepSource) {
  /** The versions that a gap has reported. Older entries of the same tasks may follow in the log, and are skipped. */
  const notifiedVersions = new Map<string, number>();

  const presentStep = (taskId: string, position: LogPosition): Step => ({
    what: `the present state of task ${taskId}`,
    async prepare() {
      const task = await getTask(taskId);
      if (!task) return undefined;
      return async (context) => {
        await subscriber.onTask?.(presentOf(task, position), context);
        notifiedVersions.set(taskId, task.version);
      };
    },
  });

  function gap(reason: SubscriberGap['reason'], position: LogPosition): Step[] {
    const begin: Step = {
      what: `onGap (${reason})`,
      prepare: async () =>
        subscriber.onGap &&
        ((context) => subscriber.onGap?.({ reason, position, at: timeOf(position) }, context)),
    };
    if (reason === 'begun' || !subscriber.onTask) return [begin];
    return [
      { ...begin, followedBy: async () => (await taskIds()).map((taskId) => presentStep(taskId, position)) },
    ];
  }

  function taskStep(entry: LogEntry): Step | undefined {
    const event = subscriber.onTask && taskEventOf(entry);
    if (!event) return undefined;
    const { kind, taskId, version } = event;
    return {
      what: `${kind} of task ${taskId}`,
      async prepare() {
        if (version !== undefined && version <= (notifiedVersions.get(taskId) ?? -1)) return undefined;
        const task = await getTask(taskId);
        return (context) => subscriber.onTask?.({ ...event, ...(task && { task }) }, context);
      },
    };
  }

  function leaseStep(entry: LogEntry): Step | undefined {
    const event = subscriber.onLease && leaseEventOf(entry);
    if (!event) return undefined;
    const leaseId = 'lease' in event ? event.lease.id : event.leaseId;
    return {
      what: `${event.kind} of lease ${leaseId}`,
      prepare: async () => (context) => subscriber.onLease?.(event, context),
    };
  }

  return {
    gap,
    /** The last step reaches the position of the entry. */
    ofEntry(entry: LogEntry): Step[] {
      const steps =
        entry.kind === 'epoch'
          ? gap('epoch', entry.position)
          : [taskStep(entry), leaseStep(entry)].filter((step) => step !== undefined);
      return [...steps, { what: entry.kind, position: entry.position }];
    },
    ofProgress: (task: TaskView, position: LogPosition, at: number): Step => ({
      what: `progress of task ${task.id}`,
      isBestEffort: true,
      prepare: async () => (context) =>
        subscriber.onTask?.(
          { kind: 'progress', taskId: task.id, task, version: task.version, position, at },
          context,
        ),
    }),
    /** The whole log has been read, so no entry older than the gap can follow. */
    forgetGap: () => notifiedVersions.clear(),
  };
}

export type Steps = ReturnType<typeof createSteps>;
