/** A holder in a process of its own that does one thing at a time, as it is told: to be killed or frozen in between. */
import type { RecordKey } from '@rowlock/protocol';
import { talkToParent } from '@rowlock/test-utils';
import type { LeaseHandle } from '../../../src/locks/leases/leaseHandle.ts';
import { createLocks } from '../../../src/locks/locks.ts';
import { openCounters } from './guardedCounters.ts';
import { openHasty } from './lockClient.ts';

export type ToldToHolder =
  | { acquire: { redisPort: number; namespace: string; records: RecordKey[]; ttlMs: number } }
  | { seal: { counterPort: number; counter: string } }
  | { write: number };
export type SaidByHolder =
  | { leaseId: string; fence: string }
  | { read: number | undefined }
  | { isLost: boolean; isWritten: boolean };

if (process.argv[1] === import.meta.filename) {
  const parent = talkToParent<ToldToHolder, SaidByHolder>();
  let lease: LeaseHandle | undefined;
  let sealed: { counters: ReturnType<typeof openCounters>; counter: string } | undefined;
  for await (const told of parent.messages) {
    if ('acquire' in told) {
      const { redisPort, namespace, records, ttlMs } = told.acquire;
      const locks = createLocks({ redis: openHasty(redisPort), namespace });
      await locks.start();
      const name = `holder ${process.pid}`;
      lease = await locks.acquire({
        holder: { type: 'task', id: name, label: name, actor: { id: name, name } },
        records,
        ttlMs,
      });
      parent.send({ leaseId: lease.id, fence: lease.fence });
    } else if ('seal' in told) {
      sealed = { counters: openCounters(told.seal.counterPort), counter: told.seal.counter };
      parent.send({ read: await sealed.counters.seal(sealed.counter, lease!.fence) });
    } else {
      // What came in during a freeze is read before the timers run that came due in it: one turn of the loop.
      await new Promise((resolve) => setTimeout(resolve, 0));
      const isLost = lease!.signal.aborted;
      // It writes all the same, as code does that does not look at its signal.
      const isWritten = await sealed!.counters.write(sealed!.counter, lease!.fence, told.write);
      parent.send({ isLost, isWritten });
    }
  }
  process.exit();
}
