/**
 * The consumers of a process's change log, in a fixed order. Each part that follows the log registers itself here, so
 * that the wiring does not know what a part does with an entry.
 */
import type { LogEntry, ProgressEntry } from './entry.ts';
import type { TailReader } from './tail.ts';

/** In this order a batch of entries reaches its consumers; inside a phase, in the order in which they registered. */
export const LOG_PHASES = [
  /** Cached permissions are dropped, before anything is sent that depends on them */
  'permissions',
  /** Workers, waiting tasks and callers that wait for a task react */
  'tasks',
  /** The live channel updates its view and sends */
  'screens',
  /** Counts, and the lag of what was sent */
  'metrics',
  /** Subscribers of the application are woken */
  'subscribers',
] as const;

type LogPhase = (typeof LOG_PHASES)[number];

export interface LogConsumer {
  /** Unique, for messages */
  name: string;
  phase: LogPhase;
  /** The next consumer, and the next batch, wait until this has resolved. A rejection counts as a gap */
  onEntries?(entries: readonly LogEntry[], progress: readonly ProgressEntry[]): void | Promise<void>;
  /** Reading begins, or begins again after entries may have been missed. A rejection is retried, for all consumers */
  onGap?(): void | Promise<void>;
  /** Redis is away. Nothing new is known until `onGap` */
  onLost?(): void;
}

export interface LogConsumers {
  /** @throws {TypeError} if the name is taken */
  register(consumer: LogConsumer): void;
}

/** The reader to follow the log with, and the place to register at. */
export interface ConsumerList extends LogConsumers, TailReader {}

export function createConsumers(): ConsumerList {
  const ordered: LogConsumer[] = [];
  const rank = ({ phase }: LogConsumer) => LOG_PHASES.indexOf(phase);
  return {
    register(consumer) {
      if (ordered.some(({ name }) => name === consumer.name)) {
        throw new TypeError(
          `The change log has a consumer "${consumer.name}" already. Register under another name.`,
        );
      }
      const next = ordered.findIndex((other) => rank(other) > rank(consumer));
      ordered.splice(next < 0 ? ordered.length : next, 0, consumer);
    },

    async onEntries(entries, progress) {
      for (const consumer of ordered) {
        const done = consumer.onEntries?.(entries, progress);
        if (done) await done;
      }
    },

    async onGap() {
      // All begin at once: a slow load of one does not delay the others.
      const results = await Promise.allSettled(ordered.map(async (consumer) => consumer.onGap?.()));
      for (const result of results) if (result.status === 'rejected') throw result.reason;
    },

    onLost() {
      for (const consumer of ordered) consumer.onLost?.();
    },
  };
}
