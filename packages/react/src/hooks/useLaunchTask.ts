import type { Launched } from '@rowlock/protocol';
import { useCallback, useMemo, useRef, useState, useSyncExternalStore } from 'react';
import { LaunchAttempts } from '../core/launchAttempts.ts';
import { type LaunchPreview, NO_PREVIEW, PreviewObserver } from '../core/launchPreview.ts';
import { noteLeftOut } from '../core/leftOut.ts';
import type { RowlockClientError } from '../core/rowlockClientError.ts';
import type { LaunchOptions, LaunchOutcome } from '../core/taskRequests.ts';
import type { TypedTaskView } from '../core/taskSnapshot.ts';
import { useClient } from './contexts.ts';
import type { RegisteredTasks, TaskName } from './register.ts';

type Nothing = { task?: undefined; error?: undefined };

/** The outcome of a user's launch. */
export type LaunchState<Name extends TaskName = TaskName> =
  | ({ status: 'idle' | 'launching' } & Nothing)
  /** `skipped` and `conflicts`: the rows that were left out, and who blocks them */
  | ({
      status: 'launched';
      task: TypedTaskView<RegisteredTasks[Name]['result']>;
      error?: undefined;
    } & Omit<Launched, 'task'>)
  /**
   * `conflict`: others block rows, and `<ConflictModal error>` shows them. `refused`: for another reason. `unknown`: no answer has
   * come, so it may be launched; the same launch again finds it
   */
  | { status: 'conflict' | 'refused' | 'unknown'; error: RowlockClientError; task?: undefined };

export type TaskLauncher<Name extends TaskName = TaskName> = LaunchState<Name> & {
  /** Launches the task. Calls with the same input during one attempt of the user are one launch. Never rejects */
  launch: (
    input: RegisteredTasks[Name]['input'],
    options?: LaunchOptions,
  ) => Promise<LaunchOutcome<RegisteredTasks[Name]['result']>>;
  /** Follows the selection: call it with each new input, and with `undefined` if nothing is selected. Locks nothing */
  preview: (input: RegisteredTasks[Name]['input'] | undefined) => void;
  /** The rows that a launch of that input would lock, live */
  previewed: LaunchPreview;
  /** Forgets the outcome, for example when a dialog closes */
  reset: () => void;
};

export interface LaunchTaskOptions {
  /** How long the input of a preview must rest before it is sent, in ms. Default 250 */
  debounceMs?: number;
}

const IDLE = { status: 'idle' } as const;
const getNothing = () => NO_PREVIEW;

/** Launches one kind of task, and explains the outcome. */
export function useLaunchTask<Name extends TaskName>(
  name: Name,
  { debounceMs }: LaunchTaskOptions = {},
): TaskLauncher<Name> {
  const client = useClient();
  const [state, setState] = useState<LaunchState<Name>>(IDLE);
  const turn = useRef(0);
  const { attempts, observer } = useMemo(() => {
    const { clock, records, tasks } = client;
    return {
      attempts: new LaunchAttempts((...given) => tasks.launch(...given), clock),
      observer: new PreviewObserver({
        clock,
        records,
        ask: (input) => tasks.preview(name, input),
        ...(debounceMs !== undefined && { debounceMs }),
      }),
    };
  }, [client, name, debounceMs]);

  const launch = useCallback<TaskLauncher<Name>['launch']>(
    async (input, options) => {
      turn.current += 1;
      const own = turn.current;
      setState({ status: 'launching' });
      // The server runs the task of that name, so its result is of that type.
      const outcome = (await attempts.launch(name, input, options)) as LaunchOutcome<
        RegisteredTasks[Name]['result']
      >;
      if (outcome.ok) noteLeftOut(outcome.task.id, outcome.skipped);
      if (own === turn.current) setState(toState<Name>(outcome));
      return outcome;
    },
    [attempts, name],
  );
  const reset = useCallback(() => {
    turn.current += 1;
    setState(IDLE);
  }, []);
  const preview = useCallback<TaskLauncher<Name>['preview']>((input) => observer.set(input), [observer]);
  const previewed = useSyncExternalStore(observer.subscribe, observer.get, getNothing);
  return { ...state, launch, reset, preview, previewed };
}

function toState<Name extends TaskName>(
  outcome: LaunchOutcome<RegisteredTasks[Name]['result']>,
): LaunchState<Name> {
  if (outcome.ok) {
    const { ok: _, ...launched } = outcome;
    return { status: 'launched', ...launched };
  }
  const { error, mayBeLaunched } = outcome;
  if (mayBeLaunched) return { status: 'unknown', error };
  return { status: error.code === 'conflict' ? 'conflict' : 'refused', error };
}
