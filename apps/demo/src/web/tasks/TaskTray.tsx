import { TaskTray as Tray } from '@rowlock/react';
import { useTaskOptions } from './useTaskOptions.tsx';

/** Below the navigation. On a phone it is below the page, and starts folded. It covers no row. */
const isWide = window.matchMedia('(min-width: 761px)').matches;

export const TaskTray = () => (
  <div className="tray" data-testid="tray">
    <Tray defaultOpen={isWide} {...useTaskOptions()} />
  </div>
);
