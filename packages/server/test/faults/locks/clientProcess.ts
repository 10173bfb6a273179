/** A lock client in a process of its own, which can be killed and frozen. It sends each operation to its parent. */
import { talkToParent } from '@rowlock/test-utils';
import type { Operation } from './history.ts';
import { type ClientPlan, runLockClient } from './lockClient.ts';

export type LockClientCommand = { start: ClientPlan } | 'stop';
export type LockClientReport = { noted: Operation } | 'stopped';

if (process.argv[1] === import.meta.filename) {
  const parent = talkToParent<LockClientCommand, LockClientReport>();
  const stop = new AbortController();
  let running: Promise<void> | undefined;
  for await (const command of parent.messages) {
    if (command === 'stop') {
      stop.abort();
      await running;
      // The parent ends this process when it has read all reports.
      parent.send('stopped');
      continue;
    }
    running = runLockClient(command.start, (noted) => parent.send({ noted }), stop.signal);
  }
  process.exit();
}
