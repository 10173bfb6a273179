import { TaskTray as Tray } from '@rowlock/react';
import type { User } from '../../gazetteer/users.ts';
import { mayCancel } from './mayCancel.ts';

/** On a phone the tray would cover the rows, so it starts folded. */
const isWide = window.matchMedia('(min-width: 761px)').matches;

export const TaskTray = ({ user }: { user: User }) => (
  <div className="tray" data-testid="tray">
    <Tray defaultOpen={isWide} canCancel={(task) => mayCancel(user, task)} />
  </div>
);
