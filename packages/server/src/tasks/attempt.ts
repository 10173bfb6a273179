/**
 * One attempt at a task: runs the definition's `run` with a context, beats for the task meanwhile, and settles how it
 * ended. Independent of the queue that called it.
 */
import type { TaskView } from '@rowlock/protocol';
import type { z } from 'zod';
import type { Clock } from '../clock.ts';
import { LeaseLostError, RowlockError, UnavailableError } from '../errors.ts';
import { runUnder } from '../locks/currentLease.ts';
import type { LeaseHandle } from '../locks/leaseHandle.ts';
import type { LockRegistry } from '../locks/lockRegistry.ts';
import type { Logger } from '../logger.ts';
import { createContext } from './attemptContext.ts';
import { attemptLease } from './attemptLease.ts';
import type { AttemptEnd, AttemptProof, AttemptStore, StartedAttempt } from './attemptStore.ts';
import { errorText } from './boundedText.ts';
import type { TaskDefinition } from './defineTask.ts';
import { type StandIn, startAttemptHeartbeat } from './heartbeat/attemptHeartbeat.ts';
import { createProgressMeter } from './progressMeter.ts';
import { createRunReports } from './runReports.ts';
import { keepResult } from './runResult.ts';

const END_RETRY_MS = 250;
const END_LIMIT_MS = 60_000;
/** A run that takes no notice of a shutdown is left to itself after so long, and its task goes back to the queue. */
const SHUTDOWN_GRACE_MS = 500;
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

/** What the worker may do with an attempt that runs. */
export interface RunningAttempt {
  /** Asks at once whether the task is to stop, instead of with the next heartbeat */
  nudge(): void;
  /** The process shuts down, or the queue has taken the job away */
  tellToStop(why: 'shutdown' | 'lease lost'): void;
}

/** Launches the n-th child of that definition in a run, or finds it where it was launched before. */
export type LaunchChild = <Input extends z.ZodType, Result>(
  definition: TaskDefinition<Input, Result>,
  input: z.input<Input>,
  parent: {
    taskId: string;
    /** The attempt's own */
    secret: string;
    actor: StartedAttempt['actor'];
    ordinal: number;
    lease: Pick<LeaseHandle, 'id' | 'extend'>;
  },
) => Promise<TaskView>;

export interface AttemptOptions {
  attempts: AttemptStore;
  registry: LockRegistry;
  namespace: string;
  clock: Clock;
  logger: Logger;
  definition: TaskDefinition;
  started: StartedAttempt;
  isLastAttempt: boolean;
  input: unknown;
  launchChild: LaunchChild;
  /**
   * Tells the end of a run that has completed, and is not waited for: it is certain to be in Redis before the queue hears
   * that the job is done. False where that cannot be had now.
   */
  tellEnd?(proof: AttemptProof, end: AttemptEnd): boolean;
  standIn?: StandIn | undefined;
  onRunning(running: RunningAttempt): void;
}

/** How a run has come to its end. */
type RunEnd = { kind: 'returned'; result: unknown } | { kind: 'threw'; error: unknown } | { kind: 'ignored' };

export async function runAttempt(options: AttemptOptions): Promise<AttemptOutcome> {
  const { attempts, clock, logger, definition, started } = options;
  const { proof } = started;
  const meter = createProgressMeter(clock.nowMs());
  const reports = createRunReports(clock);
  const stop = new AbortController();
  const { signal } = stop;
  const tellToStop = (why: StopReason) => stop.abort(new AttemptStopped(why));
  const heartbeat = startAttemptHeartbeat({
    store: attempts,
    proof,
    ttlMs: started.ttlMs,
    meter,
    reports,
    standIn: options.standIn,
    clock,
    logger,
    tellToStop,
  });
  /** The end is told while there is time; where there is none, the job comes back. */
  let isUrgent = false;
  let ignoreRun = () => {};
  options.onRunning({
    nudge: heartbeat.nudge,
    tellToStop(why) {
      isUrgent = true;
      tellToStop(why);
      if (why === 'shutdown') clock.after(SHUTDOWN_GRACE_MS, () => ignoreRun());
    },
  });

  let isOver = false;
  const lease = attemptLease({
    registry: options.registry,
    proof: { leaseId: proof.leaseId, secret: started.leaseSecret },
    fence: started.fence,
    records: started.records,
    signal,
    isOver: () => isOver,
    askSecret: started.parentId === undefined ? undefined : () => attempts.leaseSecret(proof),
  });
  const mode = definition.mode ?? 'exclusive';
  const launched = new Map<string, number>();
  const context = createContext({
    started,
    lease,
    signal,
    meter,
    reports,
    async launch(child, input) {
      if (isOver) throw new LeaseLostError(proof.leaseId);
      if (mode === 'shared' && child.mode !== 'shared') {
        throw new RowlockError(
          'bad_request',
          `"${definition.name}" shares its records with others, and "${child.name}" must have them alone, so it cannot run ` +
            'under its lease. Launch it by itself, or give its definition mode: "shared".',
        );
      }
      const ordinal = (launched.get(child.name) ?? 0) + 1;
      launched.set(child.name, ordinal);
      return options.launchChild(child, input, {
        taskId: proof.taskId,
        secret: proof.secret,
        actor: started.actor,
        ordinal,
        lease,
      });
    },
  });
  const run = runUnder({ namespace: options.namespace, mode, lease }, async () =>
    definition.run(context, options.input),
  );
  const ended = await Promise.race([
    run.then(
      (result): RunEnd => ({ kind: 'returned', result }),
      (error: unknown): RunEnd => ({ kind: 'threw', error }),
    ),
    new Promise<RunEnd>((resolve) => {
      ignoreRun = () => resolve({ kind: 'ignored' });
    }),
  ]);
  isOver = true;
  await heartbeat.stop();

  if (ended.kind === 'returned') {
    const kept = await keepResult(definition, ended.result);
    if (kept.kind === 'refused') {
      return (await end({ state: 'failed', error: kept.error })) ?? failed(new Error(kept.error));
    }
    if (kept.kind === 'left out') {
      const words = `Its result was not kept, because ${kept.why}.`;
      logger.warn(`task ${proof.taskId}: ${words}`);
      reports.log(words);
    }
    const result = kept.kind === 'kept' ? kept.json : '';
    const isPlain = launched.size === 0 && reports.isEmpty();
    if (isPlain && options.tellEnd?.(proof, { state: 'completed', result, progress: said() })) {
      return { kind: 'completed' };
    }
    return (await end({ state: 'completed', result })) ?? { kind: 'completed' };
  }

  // A run that was told to stop may throw whatever it likes: the reason is the signal's.
  const stopped = ended.kind === 'ignored' ? 'shutdown' : (signal.reason as AttemptStopped | undefined)?.why;
  switch (stopped) {
    case 'cancelled':
      return (await end({ state: 'cancelled' })) ?? { kind: 'cancelled' };
    case 'lease lost':
      return { kind: 'lost' };
    case 'shutdown':
      return goBack('Its worker was shut down.', { kind: 'shutdown' });
    case undefined: {
      const { error } = ended as { error: unknown };
      const words = isLeaseLost(error) ? 'Its locks were lost.' : errorText(error, MAX_ERROR_LENGTH);
      if (!options.isLastAttempt) return goBack(words, { kind: 'retry', error });
      return (await end({ state: 'failed', error: words })) ?? failed(error);
    }
  }

  /** Undefined where it has ended so. */
  async function end(how: Omit<AttemptEnd, 'progress'>): Promise<AttemptOutcome | undefined> {
    // Its lease ends with it, and all that it covers.
    reports.keepDone();
    const isOurs =
      (await flush()) && (await untilAnswered(() => attempts.end(proof, { ...how, progress: said() })));
    return isOurs ? undefined : { kind: 'lost' };
  }

  async function goBack(why: string, outcome: AttemptOutcome): Promise<AttemptOutcome> {
    if (!(await flush())) return { kind: 'lost' };
    switch (await untilAnswered(() => attempts.retry(proof, why, said()))) {
      case 'retrying':
        return outcome;
      case 'cancelled':
        return { kind: 'cancelled' };
      case 'lost':
        return { kind: 'lost' };
    }
  }

  function said() {
    return meter.current(clock.nowMs());
  }

  /** All that the run has said and that was not written yet. False where this attempt may not act any more. */
  async function flush(): Promise<boolean> {
    for (let rest = reports.take(); rest; rest = reports.take()) {
      const reply = await untilAnswered(() => attempts.beat(proof, { reports: rest }));
      if (reply === 'lost') return false;
      reports.written();
    }
    return true;
  }

  /**
   * The run is over and its end is to be told: an outage of Redis must not turn finished work into a failure, nor run it
   * again. Nothing can be lost by waiting, since no lease expires while nobody can look.
   */
  async function untilAnswered<T>(ask: () => Promise<T>): Promise<T> {
    const deadlineMs = clock.nowMs() + END_LIMIT_MS;
    for (;;) {
      try {
        return await ask();
      } catch (error) {
        const isWorthWaiting = error instanceof UnavailableError && !isUrgent && clock.nowMs() < deadlineMs;
        if (!isWorthWaiting) throw error;
        await new Promise((resolve) => setTimeout(resolve, END_RETRY_MS));
      }
    }
  }
}

const failed = (error: unknown): AttemptOutcome => ({ kind: 'failed', error });

/** Of a proxy, even that question may throw. */
function isLeaseLost(error: unknown): boolean {
  try {
    return error instanceof LeaseLostError;
  } catch {
    return false;
  }
}
