/**
 * One attempt at a task: runs the definition's `run` with a context, beats for the task meanwhile, and settles how it
 * ended. Independent of the queue that called it.
 */
import type { TaskView } from '@rowlock/protocol';
import type { z } from 'zod';
import { errorText } from '../../boundedText.ts';
import type { Clock } from '../../clock.ts';
import { LeaseLostError, RowlockError } from '../../errors.ts';
import type { LeaseHandle } from '../../locks/leases/leaseHandle.ts';
import { runUnder } from '../../locks/leases/sections.ts';
import type { LockRegistry } from '../../locks/registry/lockRegistry.ts';
import type { Logger } from '../../logger.ts';
import type { TaskDefinition } from '../definition/defineTask.ts';
import type { AttemptEnd, AttemptProof, AttemptStore, StartedAttempt } from '../store/attemptStore.ts';
import { createContext } from './attemptContext.ts';
import { type AttemptOutcome, createEndings } from './attemptEnd.ts';
import { attemptLease } from './attemptLease.ts';
import { type StandIn, startAttemptHeartbeat } from './heartbeat/attemptHeartbeat.ts';
import { createProgressMeter } from './progressMeter.ts';
import { createRunReports } from './runReports.ts';
import { type KeptResult, keepResult } from './runResult.ts';

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
type RunEnd =
  | { kind: 'returned'; kept: KeptResult }
  | { kind: 'threw'; error: unknown }
  | { kind: 'ignored' };

export async function runAttempt(options: AttemptOptions): Promise<AttemptOutcome> {
  const { attempts, clock, logger, definition, started } = options;
  const { proof } = started;
  const meter = createProgressMeter(clock.nowMs());
  const reports = createRunReports(clock);
  const said = () => meter.current(clock.nowMs());
  const endings = createEndings({ attempts, proof, reports, said, clock });
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
  let ignoreRun = () => {};
  options.onRunning({
    nudge: heartbeat.nudge,
    tellToStop(why) {
      endings.hurry();
      tellToStop(why);
      if (why === 'shutdown') clock.after(SHUTDOWN_GRACE_MS, () => ignoreRun());
    },
  });

  let isOver = false;
  const mode = definition.mode ?? 'exclusive';
  const lease = attemptLease({
    registry: options.registry,
    proof: { leaseId: proof.leaseId, secret: started.leaseSecret },
    fence: started.fence,
    records: started.records,
    mode,
    signal,
    isOver: () => isOver,
    askSecret: started.parentId === undefined ? undefined : () => attempts.leaseSecret(proof),
  });
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
  // The check of its result is the application's too, and may take its time, or never end: it is part of the run.
  const holder = { type: 'task', id: proof.taskId } as const;
  const run = runUnder(options.namespace, { holder, mode, lease }, async () =>
    keepResult(definition, await definition.run(context, options.input)),
  );
  const ended = await Promise.race([
    run.then(
      (kept): RunEnd => ({ kind: 'returned', kept }),
      (error: unknown): RunEnd => ({ kind: 'threw', error }),
    ),
    new Promise<RunEnd>((resolve) => {
      ignoreRun = () => resolve({ kind: 'ignored' });
    }),
  ]);
  isOver = true;
  await heartbeat.stop();

  if (ended.kind === 'returned') {
    const { kept } = ended;
    if (kept.kind === 'refused') {
      return (await endings.end({ state: 'failed', error: kept.error })) ?? failed(new Error(kept.error));
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
    return (await endings.end({ state: 'completed', result })) ?? { kind: 'completed' };
  }

  // A run that was told to stop may throw whatever it likes: the reason is the signal's.
  const stopped = ended.kind === 'ignored' ? 'shutdown' : (signal.reason as AttemptStopped | undefined)?.why;
  switch (stopped) {
    case 'cancelled':
      return (await endings.end({ state: 'cancelled' })) ?? { kind: 'cancelled' };
    case 'lease lost':
      // Where it is lost to this process's own clock alone, that is said: else it would count as a crash.
      return endings.goBack('Its worker could not reach Redis, or was too busy, for too long.', {
        kind: 'lost',
      });
    case 'shutdown':
      return endings.goBack('Its worker was shut down.', { kind: 'shutdown' });
    case undefined: {
      const { error } = ended as { error: unknown };
      const words = isLeaseLost(error) ? 'Its locks were lost.' : errorText(error, MAX_ERROR_LENGTH);
      if (!options.isLastAttempt) return endings.goBack(words, { kind: 'retry', error });
      return (await endings.end({ state: 'failed', error: words })) ?? failed(error);
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
