/** What a subscriber is to be told, step by step: made of entries of the log, or of a gap in it. */
import type { TaskView } from '@rowlock/protocol';
import { type LogEntry, type LogPosition, timeOf } from '../changeLog/entry.ts';
import type { SubscriberCall } from './callSubscriber.ts';
import type { Subscriber, SubscriberGap } from './subscriber.ts';
import { leaseEventOf, presentOf, taskEventOf } from './subscriberEvents.ts';

export interface Step {
  /** In words: `failed of task 7f3a` */
  what: string;
  /** Reads what it needs, and gives the call; undefined where there is nothing to call */
  prepare?(): Promise<SubscriberCall | undefined>;
  /** What is to be told right after it, and before all else */
  followedBy?(): Promise<Step[]>;
  /** The place that is reached when it has been told */
  position?: LogPosition;
  /** Where it fails, nothing is lost: it is not called again */
  isBestEffort?: boolean;
}

export interface StepSource {
  set: Subscriber;
  getTask(taskId: string): Promise<TaskView | undefined>;
  /** All that are known, oldest first */
  taskIds(): Promise<string[]>;
}

/** The steps of one lead over a set. */
export function createSteps({ set, getTask, taskIds }: StepSource) {
  /** What a gap has told: the log may tell older news of the same tasks afterwards, which are passed over. */
  const notifiedVersions = new Map<string, number>();

  const presentStep = (taskId: string, position: LogPosition): Step => ({
    what: `the present state of task ${taskId}`,
    async prepare() {
      const task = await getTask(taskId);
      if (!task) return undefined;
      return async (context) => {
        await set.onTask?.(presentOf(task, position), context);
        notifiedVersions.set(taskId, task.version);
      };
    },
  });

  function gap(reason: SubscriberGap['reason'], position: LogPosition): Step[] {
    const begin: Step = {
      what: `onGap (${reason})`,
      prepare: async () =>
        set.onGap && ((context) => set.onGap?.({ reason, position, at: timeOf(position) }, context)),
    };
    if (reason === 'begun' || !set.onTask) return [begin];
    return [
      { ...begin, followedBy: async () => (await taskIds()).map((taskId) => presentStep(taskId, position)) },
    ];
  }

  function taskStep(entry: LogEntry): Step | undefined {
    const event = set.onTask && taskEventOf(entry);
    if (!event) return undefined;
    const { kind, taskId, version } = event;
    return {
      what: `${kind} of task ${taskId}`,
      async prepare() {
        if (version !== undefined && version <= (notifiedVersions.get(taskId) ?? -1)) return undefined;
        const task = await getTask(taskId);
        return (context) => set.onTask?.({ ...event, ...(task && { task }) }, context);
      },
    };
  }

  function leaseStep(entry: LogEntry): Step | undefined {
    const event = set.onLease && leaseEventOf(entry);
    if (!event) return undefined;
    const leaseId = 'lease' in event ? event.lease.id : event.leaseId;
    return {
      what: `${event.kind} of lease ${leaseId}`,
      prepare: async () => (context) => set.onLease?.(event, context),
    };
  }

  return {
    gap,
    /** The last of them reaches the entry's own place. */
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
        set.onTask?.(
          { kind: 'progress', taskId: task.id, task, version: task.version, position, at },
          context,
        ),
    }),
    /** All has been told that the log held: nothing older than what a gap has told can come. */
    forgetGap: () => notifiedVersions.clear(),
  };
}

export type Steps = ReturnType<typeof createSteps>;
