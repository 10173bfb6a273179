/** Child tasks that a run launches. */
import type { TaskView } from '@rowlock/protocol';
import { LeaseLostError, RowlockError } from '../../errors.ts';
import type { LeaseHandle } from '../../locks/leases/leaseHandle.ts';
import type { TaskContext, TaskDefinition } from '../definition/defineTask.ts';
import type { InputOf, Schema } from '../definition/schema.ts';
import type { StartedAttempt } from '../store/attemptStore.ts';

/** Launches the n-th child of a definition in a run, or finds it if an earlier attempt launched it. */
export type LaunchChild = <Input extends Schema, Result>(
  definition: TaskDefinition<Input, Result>,
  input: InputOf<Input>,
  parent: {
    taskId: string;
    /** The attempt's own */
    secret: string;
    actor: StartedAttempt['actor'];
    ordinal: number;
    lease: Pick<LeaseHandle, 'id' | 'extend'>;
  },
) => Promise<TaskView>;

interface ChildLauncher {
  launch: TaskContext['launch'];
  hasLaunched(): boolean;
}

export function createChildLauncher(options: {
  definition: TaskDefinition;
  started: StartedAttempt;
  lease: LeaseHandle;
  launchChild: LaunchChild;
  /** Whether the attempt is over: its run may launch no more */
  isOver(): boolean;
}): ChildLauncher {
  const { definition, started, lease, launchChild, isOver } = options;
  const { taskId, leaseId, secret } = started.secret;
  const launched = new Map<string, number>();
  return {
    hasLaunched: () => launched.size > 0,
    async launch(child, input) {
      if (isOver()) throw new LeaseLostError(leaseId);
      if (definition.mode === 'shared' && child.mode !== 'shared') {
        throw new RowlockError(
          'bad_request',
          `"${definition.name}" shares its records with others, and "${child.name}" needs them alone, so it cannot run ` +
            'under the same lease. Launch it by itself, or give its definition mode: "shared".',
        );
      }
      const ordinal = (launched.get(child.name) ?? 0) + 1;
      launched.set(child.name, ordinal);
      return launchChild(child, input, { taskId, secret, actor: started.actor, ordinal, lease });
    },
  };
}
