/** A holder in a process of its own. It does one thing at a time, on command, and can be killed or frozen in between. */
import type { RecordKey } from '@rowlock/protocol';
import { talkToParent } from '@rowlock/test-utils';
import type { LeaseHandle } from '../../../src/locks/leases/leaseHandle.ts';
import { createLocks } from '../../../src/locks/locks.ts';
import { openCounters } from './guardedCounters.ts';
import { openHasty } from './lockClient.ts';

export type HolderCommand =
  | { acquire: { redisPort: number; namespace: string; records: RecordKey[]; ttlMs: number } }
  | { seal: { counterPort: number; counter: string } }
  | { write: number };
export type HolderReport =
  | { leaseId: string; fence: string }
  | { read: number | undefined }
  | { isLost: boolean; isWritten: boolean };

if (process.argv[1] === import.meta.filename) {
  const parent = talkToParent<HolderCommand, HolderReport>();
  let lease: LeaseHandle | undefined;
  let sealed: { counters: ReturnType<typeof openCounters>; counter: string } | undefined;
  for await (const command of parent.messages) {
    if ('acquire' in command) {
      const { redisPort, namespace, records, ttlMs } = command.acquire;
      const locks = createLocks({ redis: openHasty(redisPort), namespace });
      await locks.start();
      const name = `holder ${process.pid}`;
      lease = await locks.acquire({
        holder: { type: 'task', id: name, label: name, actor: { id: name, name } },
        records,
        ttlMs,
      });
      parent.send({ leaseId: lease.id, fence: lease.fence });
    } else if ('seal' in command) {
      sealed = { counters: openCounters(command.seal.counterPort), counter: command.seal.counter };
      parent.send({ read: await sealed.counters.seal(sealed.counter, lease!.fence) });
    } else {
      // After a freeze, messages are read before overdue timers run. The timers run within one turn of the event loop.
      await new Promise((resolve) => setTimeout(resolve, 0));
      const isLost = lease!.signal.aborted;
      // It writes nevertheless, like code that ignores its signal.
      const isWritten = await sealed!.counters.write(sealed!.counter, lease!.fence, command.write);
      parent.send({ isLost, isWritten });
    }
  }
  process.exit();
}
