import { TaskTray as Tray } from '@rowlock/react';
import { useTaskOptions } from './useTaskOptions.tsx';

/** Below the navigation, or below the page on a phone, where it starts folded. It covers no row. */
const isWide = window.matchMedia('(min-width: 761px)').matches;

export const TaskTray = () => (
  <div className="tray" data-testid="tray">
    <Tray defaultOpen={isWide} {...useTaskOptions()} />
  </div>
);
