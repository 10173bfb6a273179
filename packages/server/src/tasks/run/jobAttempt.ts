/** Runs the attempt of a job: parses its input, and calls the definition's `run` as a span. */
import type { Job } from 'bullmq';
import { boundedText, errorText } from '../../boundedText.ts';
import type { Clock } from '../../clock.ts';
import type { LockRegistry } from '../../locks/registry/lockRegistry.ts';
import type { Logger } from '../../logger.ts';
import type { Tracing } from '../../telemetry/tracing.ts';
import type { TaskDefinition } from '../definition/defineTask.ts';
import { type Parsed, parseWith } from '../definition/schema.ts';
import type { AttemptStore, StartedAttempt } from '../store/attemptStore.ts';
import type { JobData } from '../store/queue.ts';
import { type AttemptOptions, type RunningAttempt, runAttempt } from './attempt.ts';
import type { LaunchChild } from './attemptChildren.ts';
import type { AttemptOutcome } from './attemptEnd.ts';
import type { ThreadHeartbeats } from './heartbeat/threadHeartbeats.ts';
import { tracedRun } from './tracedRun.ts';

const MAX_ISSUE_LENGTH = 300;

export interface JobAttemptDeps {
  namespace: string;
  tracing: Tracing;
  attempts: AttemptStore;
  registry: LockRegistry;
  definitions: ReadonlyMap<string, TaskDefinition>;
  launchChild: LaunchChild;
  sendEnd: NonNullable<AttemptOptions['sendEnd']>;
  threadHeartbeats: Pick<ThreadHeartbeats, 'watch'>;
  clock: Clock;
  logger: Logger;
}

export type RunJobAttempt = (
  job: Job<JobData>,
  started: StartedAttempt,
  token: string | undefined,
  onRunning: (running: RunningAttempt) => void,
) => Promise<AttemptOutcome>;

export function createJobAttempt(deps: JobAttemptDeps): RunJobAttempt {
  const { tracing, attempts, definitions, threadHeartbeats } = deps;

  const attempt: RunJobAttempt = async (job, started, token = '', onRunning) => {
    const definition = definitions.get(job.name);
    const input = definition && (await readInput(definition, started.input));
    if (!input?.ok) {
      const error =
        input?.issue ??
        `No worker knows the task "${job.name}". Add it to the tasks of their createRowlock, and retry this task.`;
      // Its run has not been called in this attempt.
      const changes = started.attempt === 1 ? { records: [] } : ('all' as const);
      const end = { state: 'failed', error, progress: { done: 0, total: null }, changes } as const;
      return (await attempts.end(started.secret, end)) ? { kind: 'failed', error } : { kind: 'lost' };
    }
    const threadHeartbeat = threadHeartbeats.watch(started, token);
    return runAttempt({
      ...deps,
      definition: definition!,
      started,
      isLastAttempt: job.attemptsMade + 1 >= (job.opts.attempts ?? 1),
      input: input.value,
      threadHeartbeat,
      onRunning,
    }).finally(() => threadHeartbeat?.end());
  };

  return (job, started, token, onRunning) =>
    tracedRun(
      tracing,
      { taskId: job.id!, name: job.name, started },
      () => attempt(job, started, token, onRunning),
      job.data.trace,
    );
}

async function readInput(definition: TaskDefinition, raw: unknown): Promise<Parsed> {
  const parsed = await parseWith(definition.input, raw).catch(
    (error: unknown): Parsed => ({ ok: false, issue: `: ${errorText(error, MAX_ISSUE_LENGTH)}` }),
  );
  if (parsed.ok) return parsed;
  const issue = boundedText(parsed.issue, MAX_ISSUE_LENGTH);
  return { ok: false, issue: `Its input is not what "${definition.name}" takes${issue}` };
}
