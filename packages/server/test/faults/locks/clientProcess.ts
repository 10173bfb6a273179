/** A lock client in a process of its own, which can be killed and frozen: it hands on what it notes, as it comes. */
import { talkToParent } from '@rowlock/test-utils';
import type { Operation } from './history.ts';
import { type ClientPlan, runLockClient } from './lockClient.ts';

export type ToldToClient = { start: ClientPlan } | 'stop';
export type SaidByClient = { noted: Operation } | 'stopped';

if (process.argv[1] === import.meta.filename) {
  const parent = talkToParent<ToldToClient, SaidByClient>();
  const stop = new AbortController();
  let running: Promise<void> | undefined;
  for await (const told of parent.messages) {
    if (told === 'stop') {
      stop.abort();
      await running;
      // Who started it ends it, when he has heard all that was said.
      parent.send('stopped');
      continue;
    }
    running = runLockClient(told.start, (noted) => parent.send({ noted }), stop.signal);
  }
  process.exit();
}
