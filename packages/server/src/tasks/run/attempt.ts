/**
 * One attempt at a task: calls the definition's `run` with a context, renews the lease meanwhile, and writes down how the
 * attempt ended. It is independent of the queue that called it.
 */
import { errorText } from '../../boundedText.ts';
import type { Clock } from '../../clock.ts';
import { LeaseLostError } from '../../errors.ts';
import { runUnderLease } from '../../locks/leases/criticalSections.ts';
import type { LockRegistry } from '../../locks/registry/lockRegistry.ts';
import { MAX_RECORDS_PER_STEP } from '../../locks/registry/requests.ts';
import type { Logger } from '../../logger.ts';
import type { TaskDefinition } from '../definition/defineTask.ts';
import type { AttemptEnd, AttemptSecret, AttemptStore, StartedAttempt } from '../store/attemptStore.ts';
import { createChildLauncher, type LaunchChild } from './attemptChildren.ts';
import { createContext } from './attemptContext.ts';
import { type AttemptOutcome, createEndings, type Endings } from './attemptEnd.ts';
import { attemptLease } from './attemptLease.ts';
import {
  type AttemptHeartbeat,
  startAttemptHeartbeat,
  type ThreadHeartbeat,
} from './heartbeat/attemptHeartbeat.ts';
import { createProgressMeter, type ProgressMeter } from './progressMeter.ts';
import { createRunReports, type RunReports } from './runReports.ts';
import { type KeptResult, keepResult } from './runResult.ts';

/** A run that ignores a shutdown is abandoned after this time, and its task returns to the queue. */
const SHUTDOWN_GRACE_MS = 500;
const MAX_ERROR_LENGTH = 500;

/** Why a run was stopped. */
export type StopReason = 'cancelled' | 'lease lost' | 'shutdown';

export class AttemptStopped extends Error {
  readonly why: StopReason;

  constructor(why: StopReason) {
    super(`The run was stopped: ${why}. Its task shows whether another attempt follows.`);
    this.name = 'AttemptStopped';
    this.why = why;
  }
}

/** Controls a running attempt. The worker uses it. */
export interface RunningAttempt {
  /** Asks Redis now whether the task is to stop, instead of with the next heartbeat */
  nudge(): void;
  /** The process shuts down, or the queue has taken the job away */
  stop(why: 'shutdown' | 'lease lost'): void;
}

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
   * Sends the end of a completed run without waiting for the answer. Redis is certain to have it before the queue hears that
   * the job is done. False if that cannot be guaranteed now.
   */
  sendEnd?(attempt: AttemptSecret, end: AttemptEnd): boolean;
  threadHeartbeat?: ThreadHeartbeat | undefined;
  onRunning(running: RunningAttempt): void;
}

/** How a run has ended. */
type RunEnd =
  | { kind: 'returned'; kept: KeptResult; hasLaunched: boolean }
  | { kind: 'threw'; error: unknown }
  | { kind: 'ignored the shutdown' };

/** The parts that serve one attempt while it runs. */
interface Service {
  stop: AbortController;
  meter: ProgressMeter;
  reports: RunReports;
  endings: Endings;
  heartbeat: AttemptHeartbeat;
  /** Resolves when the run is no longer waited for */
  abandoned: Promise<void>;
}

export async function runAttempt(options: AttemptOptions): Promise<AttemptOutcome> {
  const service = startService(options);
  const end = await execute(options, service);
  await service.heartbeat.stop();
  return end.kind === 'returned'
    ? settleReturned(options, service, end)
    : settleStopped(options, service, end);
}

function startService(options: AttemptOptions): Service {
  const { attempts, clock, logger, started, threadHeartbeat } = options;
  const { secret } = started;
  const stop = new AbortController();
  const stopRun = (why: StopReason) => stop.abort(new AttemptStopped(why));
  const meter = createProgressMeter(clock.nowMs());
  const reports = createRunReports(clock);
  const getProgress = () => meter.current(clock.nowMs());
  const endings = createEndings({
    ...{ attempts, secret, reports, getProgress, clock },
    isLarge: started.records.length > MAX_RECORDS_PER_STEP,
  });
  const heartbeat = startAttemptHeartbeat({
    ...{ store: attempts, secret, ttlMs: started.ttlMs, meter, reports, threadHeartbeat, clock, logger },
    stop: stopRun,
  });
  const abandoned = new Promise<void>((abandon) => {
    options.onRunning({
      nudge: heartbeat.nudge,
      stop(why) {
        endings.hurry();
        stopRun(why);
        if (why === 'shutdown') clock.after(SHUTDOWN_GRACE_MS, abandon);
      },
    });
  });
  return { stop, meter, reports, endings, heartbeat, abandoned };
}

/** Calls the definition's `run`. Nothing that the run leaves behind may use the task's lease after this has resolved. */
async function execute(options: AttemptOptions, service: Service): Promise<RunEnd> {
  const { attempts, registry, namespace, definition, started } = options;
  const { meter, reports } = service;
  const { signal } = service.stop;
  const { mode = 'exclusive' } = definition;
  let isOver = false;
  const lease = attemptLease({
    registry,
    secret: { leaseId: started.secret.leaseId, secret: started.leaseSecret },
    fence: started.fence,
    records: started.records,
    mode,
    signal,
    isOver: () => isOver,
    askSecret: started.parentId === undefined ? undefined : () => attempts.leaseSecret(started.secret),
  });
  const children = createChildLauncher({ ...options, lease, isOver: () => isOver });
  const context = createContext({ started, lease, signal, meter, reports, launch: children.launch });
  const holder = { type: 'task', id: started.secret.taskId } as const;
  // The schema of the result is the application's code too. It may take its time, or never end, so it is part of the run.
  const run = runUnderLease(namespace, { holder, mode, lease }, async () =>
    keepResult(definition, await definition.run(context, options.input)),
  );
  const end = await Promise.race([
    run.then(
      (kept): RunEnd => ({ kind: 'returned', kept, hasLaunched: children.hasLaunched() }),
      (error: unknown): RunEnd => ({ kind: 'threw', error }),
    ),
    service.abandoned.then((): RunEnd => ({ kind: 'ignored the shutdown' })),
  ]);
  isOver = true;
  return end;
}

async function settleReturned(
  { started, clock, logger, sendEnd }: AttemptOptions,
  { meter, reports, endings }: Service,
  { kept, hasLaunched }: Extract<RunEnd, { kind: 'returned' }>,
): Promise<AttemptOutcome> {
  if (kept.kind === 'refused') {
    return (await endings.end({ state: 'failed', error: kept.error })) ?? failed(new Error(kept.error));
  }
  if (kept.kind === 'left out') {
    const words = `Its result was not kept, because ${kept.why}.`;
    logger.warn(`task ${started.secret.taskId}: ${words}`);
    reports.log(words);
  }
  const result = kept.kind === 'kept' ? kept.json : '';
  const end = { state: 'completed', result } as const;
  const canBeSent = !hasLaunched && reports.isEmpty();
  if (canBeSent && sendEnd) {
    const changes = await endings.takeChanges();
    const progress = meter.current(clock.nowMs());
    if (sendEnd(started.secret, { ...end, changes, progress })) return { kind: 'completed' };
    return (await endings.end(end, changes)) ?? { kind: 'completed' };
  }
  return (await endings.end(end)) ?? { kind: 'completed' };
}

/** A stopped run may throw anything: the reason is the signal's. */
async function settleStopped(
  { isLastAttempt }: AttemptOptions,
  { stop: { signal }, endings }: Service,
  end: Exclude<RunEnd, { kind: 'returned' }>,
): Promise<AttemptOutcome> {
  const stopped = end.kind === 'threw' ? (signal.reason as AttemptStopped | undefined)?.why : 'shutdown';
  switch (stopped) {
    case 'cancelled':
      return (await endings.end({ state: 'cancelled' })) ?? { kind: 'cancelled' };
    case 'lease lost':
      // If only this process's own clock says so, Redis must hear of it. Otherwise the attempt counts as a crash.
      return endings.goBack('Its worker could not reach Redis, or was too busy, for too long.', {
        kind: 'lost',
      });
    case 'shutdown':
      return endings.goBack('Its worker was shut down.', { kind: 'shutdown' });
    case undefined: {
      const { error } = end as { error: unknown };
      const words = isLeaseLost(error) ? 'Its locks were lost.' : errorText(error, MAX_ERROR_LENGTH);
      if (!isLastAttempt) return endings.goBack(words, { kind: 'retry', error });
      return (await endings.end({ state: 'failed', error: words })) ?? failed(error);
    }
  }
}

const failed = (error: unknown): AttemptOutcome => ({ kind: 'failed', error });

/** If the error is a proxy, even `instanceof` may throw. */
function isLeaseLost(error: unknown): boolean {
  try {
    return error instanceof LeaseLostError;
  } catch {
    return false;
  }
}
