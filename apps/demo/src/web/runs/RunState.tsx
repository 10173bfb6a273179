import {
  Ban,
  Check,
  CircleHelp,
  Hourglass,
  LoaderCircle,
  type LucideIcon,
  RotateCcw,
  TriangleAlert,
} from 'lucide-react';
import type { RunState as State } from '../../gazetteer/runView.ts';

/** Words and a sign for each state: colour alone says nothing. */
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

export function RunState({ state }: { state: State }) {
  const { name, icon: Icon } = RUN_STATES[state];
  return (
    <span className="runState" data-state={state}>
      <Icon size={14} aria-hidden />
      {name}
    </span>
  );
}
