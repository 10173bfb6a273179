/**
 * One attempt at a task: runs the definition's `run` with a context, beats the lease's heartbeat, writes progress,
 * and settles how it ended. Independent of the queue that called it.
 */
import type { Actor, RecordKey } from '@rowlock/protocol';
import type { Clock } from '../clock.ts';
import { LeaseLostError, UnavailableError } from '../errors.ts';
import type { Logger } from '../logger.ts';
import type { TaskContext, TaskDefinition } from './defineTask.ts';
import { createProgressMeter } from './progressMeter.ts';
import type { TaskEnd, TaskStore } from './taskStore.ts';

const PROGRESS_INTERVAL_MS = 250;
const END_RETRY_MS = 250;
const END_LIMIT_MS = 60_000;
const MAX_RESULT_BYTES = 16_384;
const MAX_ERROR_LENGTH = 500;

/** Why a run was told to stop. */
export type StopReason = 'cancelled' | 'lease lost' | 'shutdown';

export class AttemptStopped extends Error {
  readonly why: StopReason;

  constructor(why: StopReason) {
    super(`The run was told to stop: ${why}.`);
    this.name = 'AttemptStopped';
    this.why = why;
  }
}

export type AttemptOutcome =
  | { kind: 'completed' }
  | { kind: 'cancelled' }
  /** the error is final: no further attempt */
  | { kind: 'failed'; error: unknown }
  | { kind: 'retry'; error: unknown }
  /** goes back to the queue with its locks kept */
  | { kind: 'shutdown' }
  /** another attempt or an observer has taken over; nothing of this one counts any more */
  | { kind: 'lost' };

export interface AttemptOptions {
  store: TaskStore;
  clock: Clock;
  logger: Logger;
  definition: TaskDefinition;
  task: { id: string; actor: Actor; records: readonly RecordKey[] };
  lease: { leaseId: string; secret: string; fence: string; ttlMs: number };
  attempt: number;
  isLastAttempt: boolean;
  input: unknown;
  /** Aborts when the process shuts down or the queue takes the job away; the reason is an `AttemptStopped` */
  outerSignal: AbortSignal;
  /** Runs `fn` as code under the task's lease */
  runUnderLease<T>(signal: AbortSignal, fn: () => Promise<T>): Promise<T>;
}

export async function runAttempt(options: AttemptOptions): Promise<AttemptOutcome> {
  const { store, clock, definition, task, lease } = options;
  const meter = createProgressMeter(clock.nowMs());
  const stop = new AbortController();
  const signal = AbortSignal.any([stop.signal, options.outerSignal]);
  const heartbeat = startHeartbeat(options, meter, (why) => stop.abort(new AttemptStopped(why)));

  let thrown: { error: unknown } | undefined;
  let result: unknown;
  try {
    const context = {
      taskId: task.id,
      actor: task.actor,
      records: task.records,
      fence: lease.fence,
      attempt: options.attempt,
      signal,
      leaseId: lease.leaseId,
      progress: meter,
    } as unknown as TaskContext;
    result = await options.runUnderLease(signal, async () => definition.run(context, options.input));
  } catch (error) {
    thrown = { error };
  }
  await heartbeat.stop();

  const proof = { by: 'attempt', secret: lease.secret } as const;
  const progress = meter.current(clock.nowMs());
  const end = (how: TaskEnd) => untilAnswered(() => store.end(task.id, proof, how), options);
  if (!thrown) {
    const ended = await end({
      state: 'completed',
      result: serialise(result, options),
      progress,
    });
    return { kind: ended ? 'completed' : 'lost' };
  }

  // A run that was told to stop may throw whatever it likes: the reason is the signal's.
  const stopped = signal.aborted && signal.reason instanceof AttemptStopped ? signal.reason.why : undefined;
  const words = explain(thrown.error);
  switch (stopped) {
    case 'cancelled':
      return {
        kind: (await end({ state: 'cancelled', progress })) ? 'cancelled' : 'lost',
      };
    case 'lease lost':
      return { kind: 'lost' };
    case 'shutdown':
      return {
        kind: (await store.retry(task.id, lease.secret, 'Its worker was shut down.')) ? 'shutdown' : 'lost',
      };
    case undefined: {
      if (!options.isLastAttempt) {
        const kept = await store.retry(task.id, lease.secret, words);
        return kept ? { kind: 'retry', error: thrown.error } : { kind: 'lost' };
      }
      const ended = await end({ state: 'failed', error: words, progress });
      return ended ? { kind: 'failed', error: thrown.error } : { kind: 'lost' };
    }
  }
}

/**
 * Beats at least every third of the TTL, at most every 250 ms while there is progress. Tells to stop when the lease
 * is lost, or when no beat has succeeded for the TTL on this process's own clock (P4).
 */
function startHeartbeat(
  { store, clock, task, lease, logger }: AttemptOptions,
  meter: ReturnType<typeof createProgressMeter>,
  tellToStop: (why: StopReason) => void,
): { stop(): Promise<void> } {
  let lastAliveMs = clock.nowMs();
  let beating: Promise<void> | undefined;

  async function beat(): Promise<void> {
    const beforeMs = clock.nowMs();
    const progress = meter.read(beforeMs);
    if (!progress && beforeMs - lastAliveMs < lease.ttlMs / 3) return;
    const reply = await store.beat(task.id, lease, progress);
    if (reply === 'lost') return tellToStop('lease lost');
    lastAliveMs = beforeMs;
    if (reply === 'cancel') tellToStop('cancelled');
  }

  const cancelTimer = clock.every(PROGRESS_INTERVAL_MS, () => {
    if (clock.nowMs() - lastAliveMs >= lease.ttlMs) tellToStop('lease lost');
    beating ??= beat()
      .catch((error: unknown) => logger.warn(`task ${task.id}: a heartbeat did not get through`, error))
      .finally(() => {
        beating = undefined;
      });
  });

  return {
    async stop() {
      cancelTimer();
      await beating;
    },
  };
}

/**
 * The run is over and its end is to be told: an outage of Redis must not turn finished work into a failure, nor run it
 * again. Nothing can be lost by waiting, since no lease expires while nobody can look.
 */
async function untilAnswered<T>(ask: () => Promise<T>, { clock, outerSignal }: AttemptOptions): Promise<T> {
  const deadlineMs = clock.nowMs() + END_LIMIT_MS;
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      const isWorthWaiting =
        error instanceof UnavailableError && !outerSignal.aborted && clock.nowMs() < deadlineMs;
      if (!isWorthWaiting) throw error;
      await new Promise((resolve) => setTimeout(resolve, END_RETRY_MS));
    }
  }
}

/** '' where there is nothing to keep; a result that cannot be kept is left out, never the task's success. */
function serialise(result: unknown, { logger, task }: AttemptOptions): string {
  if (result === undefined) return '';
  try {
    const json = JSON.stringify(result) ?? '';
    if (Buffer.byteLength(json) <= MAX_RESULT_BYTES) return json;
    logger.warn(`task ${task.id}: its result is larger than ${MAX_RESULT_BYTES} bytes and was not kept`);
  } catch (error) {
    logger.warn(`task ${task.id}: its result is not JSON and was not kept`, error);
  }
  return '';
}

/** An error in words for everybody who sees the task: its message alone, no stack, bounded. */
function explain(error: unknown): string {
  const words =
    error instanceof LeaseLostError
      ? 'Its locks were lost.'
      : error instanceof Error
        ? error.message
        : String(error);
  return (words || 'It failed without saying why.').slice(0, MAX_ERROR_LENGTH);
}
