import { useTasks } from '@rowlock/react';
import {
  Ban,
  Check,
  CircleHelp,
  Hourglass,
  LoaderCircle,
  type LucideIcon,
  Pause,
  RotateCcw,
  TriangleAlert,
} from 'lucide-react';
import type { RunView, RunState as State } from '../../gazetteer/runView.ts';
import { type ShownState, shownState } from './shownState.ts';

/** Words and a sign for each state, since colour alone is not enough. */
export const RUN_STATES: Record<State, { name: string; icon: LucideIcon }> = {
  waiting: { name: 'Waiting', icon: Hourglass },
  queued: { name: 'Queued', icon: Hourglass },
  running: { name: 'Running', icon: LoaderCircle },
  retrying: { name: 'Retrying', icon: RotateCcw },
  completed: { name: 'Completed', icon: Check },
  failed: { name: 'Failed', icon: TriangleAlert },
  cancelled: { name: 'Cancelled', icon: Ban },
  unknown: { name: 'Unknown', icon: CircleHelp },
};

const SHOWN_STATES: Record<ShownState, { name: string; icon: LucideIcon }> = {
  ...RUN_STATES,
  paused: { name: 'Paused', icon: Pause },
  'no-worker': { name: 'Waiting for a worker', icon: Hourglass },
  cancelling: { name: 'Cancelling…', icon: Ban },
};

export const RunState = ({ run }: { run: RunView }) =>
  run.endedAt === null ? <OpenRunState {...run} /> : <StateInWords state={run.state} />;

function OpenRunState({ id, state }: RunView) {
  const { tasks } = useTasks();
  return (
    <StateInWords
      state={shownState(
        state,
        tasks.find((task) => task.id === id),
      )}
    />
  );
}

function StateInWords({ state }: { state: ShownState }) {
  const { name, icon: Icon } = SHOWN_STATES[state];
  return (
    <span className="runState" data-state={state}>
      <Icon size={14} aria-hidden />
      {name}
    </span>
  );
}
