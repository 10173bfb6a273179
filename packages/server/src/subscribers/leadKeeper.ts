/** Acquires and renews the lead over one subscriber, and stores the position of the leader. */
import { randomUUID } from 'node:crypto';
import type { LogPosition } from '../changeLog/entry.ts';
import { UnavailableError } from '../errors.ts';
import type { Logger } from '../logger.ts';
import type { TaskStore } from '../tasks/store/taskStore.ts';
import type { Outage } from './outage.ts';
import type { PositionStore } from './positionStore.ts';
import type { ProgressNews } from './progressNews.ts';
import { createReader, type Reader } from './readAhead.ts';
import type { Subscriber } from './subscriber.ts';
import { createSteps, type Step } from './subscriberSteps.ts';

/** The state of this process while it leads the subscriber. */
export interface Lead {
  reader: Reader;
  /** The next steps, in order */
  waiting: Step[];
  /** The subscriber has received everything up to here. Undefined until it has received its `begun` gap */
  reportedTo?: LogPosition | undefined;
  /** The subscriber was called since the position was stored */
  hasNotified: boolean;
  stop: AbortController;
}

interface LeadParts {
  name: string;
  subscriber: Subscriber;
  positions: PositionStore;
  store: TaskStore;
  progress: ProgressNews;
  logger: Logger;
}

export interface LeadKeeper {
  /** Undefined while another process leads */
  current(): Lead | undefined;
  /** Renews the lead, or acquires it if no other process has it. @throws {UnavailableError} */
  maintain(): Promise<void>;
  /** Renews the lead, and stores its position. The lead ends if another process has it. @throws {UnavailableError} */
  save(lead: Lead): Promise<void>;
  /** Stores the position, and lets another process lead at once. */
  release(lead: Lead): Promise<void>;
}

export function createLeadKeeper(options: LeadParts & { outage: Outage; isClosing(): boolean }): LeadKeeper {
  const { name, subscriber, positions, outage, isClosing } = options;
  const token = randomUUID();
  let lead: Lead | undefined;
  /** This process has seen a stored position. If no position is stored now, Redis has lost it. */
  let hadPosition = false;

  async function acquire(): Promise<void> {
    const from = hadPosition ? 'start' : (subscriber.from ?? 'now');
    const acquired = await positions.acquireLead(name, token, from);
    hadPosition = true;
    if (!acquired) return;
    if (isClosing()) return positions.releaseLead(name, token);
    outage.forget();
    lead = openLead(acquired, options);
  }

  async function save(mine: Lead): Promise<void> {
    if (await positions.save(name, token, mine.reportedTo, outage.failure())) return;
    if (lead === mine) lead = undefined;
    mine.stop.abort(
      new Error('Another process calls this subscriber now. Stop this call: the other process repeats it.'),
    );
  }

  return {
    current: () => lead,
    async maintain() {
      if (lead) await save(lead);
      // This includes a lead that expired during an outage of Redis: perhaps no other process wants it.
      if (!lead) await acquire();
    },
    save,
    async release(mine) {
      lead = undefined;
      try {
        await save(mine);
        await positions.releaseLead(name, token);
      } catch (error) {
        if (!(error instanceof UnavailableError)) throw error;
      }
    },
  };
}

function openLead(
  { position, hasBegun }: { position: LogPosition; hasBegun: boolean },
  { name, subscriber, positions, store, progress, logger }: LeadParts,
): Lead {
  const steps = createSteps({
    subscriber,
    getTask: async (taskId) => (await store.getMany([taskId]))[0],
    taskIds: positions.taskIds,
  });
  const onUnreadable = (unreadable: LogPosition, error: unknown) =>
    logger.error(
      `subscribers "${name}": entry ${unreadable} of the log cannot be read and is skipped`,
      error,
    );
  return {
    reader: createReader(position, { steps, positions, progress, getTasks: store.getMany, onUnreadable }),
    waiting: hasBegun ? [...steps.gap('begun', position), { what: 'the beginning', position }] : [],
    reportedTo: hasBegun ? undefined : position,
    hasNotified: false,
    stop: new AbortController(),
  };
}
