import type { ChildProcess } from 'node:child_process';
import { atExit } from '../atExit.ts';
import { guard } from './guardian.ts';

/** A process and its own children. */
export interface ProcessGroup {
  /** Whether the process that leads the group has ended. */
  hasEnded(): boolean;
  /** Sends a signal to the whole group. Does nothing after its leader has ended. */
  signal(signal: NodeJS.Signals): void;
}

/**
 * Owns the group of a process that leads one. The whole group ends with its leader, and when this process ends in any
 * way. `folder` is removed if this process is killed.
 */
export function ownGroup(leader: ChildProcess, groupId: number, folder?: string): ProcessGroup {
  const guardian = guard(groupId, folder);
  let ended = false;
  const endGroup = () => sendToGroup(groupId, 'SIGKILL');
  const forgetGroup = atExit(endGroup);
  // The streams close after the last process of the group has ended. The leader itself may end earlier.
  leader.once('exit', () => {
    ended = true;
    endGroup();
    forgetGroup();
    guardian.dismiss();
  });
  return {
    hasEnded: () => ended,
    signal(signal) {
      if (!ended) sendToGroup(groupId, signal);
    },
  };
}

function sendToGroup(groupId: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-groupId, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
