/** The shape of a task that does not proceed. A task that does has a ring or a bar. */
import type { IconName } from './Icon.tsx';
import type { TaskLook } from './taskFacts.ts';

export const TASK_ICONS: Partial<Record<TaskLook, IconName>> = {
  waiting: 'clock',
  queued: 'clock',
  paused: 'clock',
  'no-worker': 'warning',
  completed: 'tick',
  failed: 'cross',
  cancelled: 'stop',
  missing: 'question',
};
