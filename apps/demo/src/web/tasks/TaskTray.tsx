import { TaskTray as Tray } from '@rowlock/react';
import type { User } from '../../gazetteer/users.ts';
import { mayCancel } from './mayCancel.ts';

export const TaskTray = ({ user }: { user: User }) => (
  <div className="tray" data-testid="tray">
    <Tray canCancel={(task) => mayCancel(user, task)} />
  </div>
);
