/** Launches as spans. */
import type { TaskView } from '@rowlock/protocol';
import { NO_TRACING, type Tracing } from '../../telemetry/tracing.ts';
import type { LaunchChild } from '../run/attemptChildren.ts';
import type { Launcher } from './launch.ts';
import type { Plan } from './launchPlan.ts';

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

/** A planned task carries the trace of its launch. */
export const tracedPlan =
  (plan: Plan, { carry }: Tracing): Plan =>
  async (...args) => ({ ...(await plan(...args)), carry });
