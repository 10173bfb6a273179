/** Launches and runs as spans; a run is a child of the launch that it comes from, wherever and whenever it runs. */
import type { TaskView } from '@rowlock/protocol';
import type { LaunchChild } from '../tasks/attempt.ts';
import type { AttemptOutcome } from '../tasks/attemptEnd.ts';
import type { StartedAttempt } from '../tasks/attemptStore.ts';
import type { Launcher } from '../tasks/launch.ts';
import type { Plan } from '../tasks/launchPlan.ts';
import { NO_TRACING, type Tracing } from './tracing.ts';

function launchSpan<T>(
  tracing: Tracing,
  name: string,
  launch: () => Promise<T>,
  taskOf: (launched: T) => TaskView,
) {
  return tracing.span('rowlock.launch', { 'rowlock.task.name': name }, async (span) => {
    const launched = await launch();
    const { id, state, recordCount } = taskOf(launched);
    span.set({ 'rowlock.task.id': id, 'rowlock.records.count': recordCount, 'rowlock.result': state });
    return launched;
  });
}

export const tracedLauncher = (launcher: Launcher, tracing: Tracing): Launcher =>
  tracing === NO_TRACING
    ? launcher
    : {
        ...launcher,
        launch: (definition, input, options) =>
          launchSpan(
            tracing,
            definition.name,
            () => launcher.launch(definition, input, options),
            ({ task }) => task,
          ),
        launchPlanned: (plan, options, origin) =>
          launchSpan(
            tracing,
            plan.definition.name,
            () => launcher.launchPlanned(plan, options, origin),
            ({ task }) => task,
          ),
      };

export const tracedLaunchChild =
  (launchChild: LaunchChild, tracing: Tracing): LaunchChild =>
  (definition, input, parent) =>
    launchSpan(
      tracing,
      definition.name,
      () => launchChild(definition, input, parent),
      (task) => task,
    );

/** A plan's task carries along the trace in which it is written down. */
export const tracedPlan =
  (plan: Plan, { carry }: Tracing): Plan =>
  async (...args) => ({ ...(await plan(...args)), carry });

/** @param carried the trace of its launch, which the job brings; undefined where it runs within its launch */
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
