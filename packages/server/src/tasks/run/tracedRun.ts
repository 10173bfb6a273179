/** Traces runs as spans. A run is a child of its launch, in any process and at any time. */
import type { Tracing } from '../../telemetry/tracing.ts';
import type { StartedAttempt } from '../store/attemptStore.ts';
import type { AttemptOutcome } from './attemptEnd.ts';

/** @param carried the trace of its launch, from the job. Undefined if it runs within its launch */
export const tracedRun = (
  tracing: Tracing,
  { taskId, name, started }: { taskId: string; name: string; started: StartedAttempt },
  run: () => Promise<AttemptOutcome>,
  carried?: string,
): Promise<AttemptOutcome> => {
  const attributes = {
    'rowlock.task.id': taskId,
    'rowlock.task.name': name,
    'rowlock.attempt': started.attempt,
    'rowlock.records.count': started.records.length,
  };
  return tracing.span(
    'rowlock.run',
    attributes,
    async (span) => {
      const outcome = await run();
      span.set({ 'rowlock.result': outcome.kind });
      if (outcome.kind === 'failed' || outcome.kind === 'retry') span.fail(outcome.error);
      return outcome;
    },
    carried,
  );
};
