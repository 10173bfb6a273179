/** The tasks that hold watched rows, as far as a session may see them, for the answer to `watch`. */
import type { RecordKey, TaskView } from '@rowlock/protocol';
import type { Clock } from '../../clock.ts';
import type { Permissions } from '../../permissions.ts';
import type { TaskStore } from '../../tasks/store/taskStore.ts';
import type { Session } from '../session/session.ts';
import type { KnownLeases } from '../view/recordLeases.ts';

/** How long the answer waits for `authorize`. */
const ANSWER_WAIT_MS = 500;

interface RowHolders {
  permitted: TaskView[];
  /** `authorize` has failed, or has not answered in time */
  unanswered: TaskView[];
}

export type ReadRowHolders = (session: Session, records: readonly RecordKey[]) => Promise<RowHolders>;

export function createReadRowHolders({
  leases,
  store,
  permissions,
  clock,
}: {
  leases: KnownLeases;
  store: Pick<TaskStore, 'getMany'>;
  permissions: Pick<Permissions, 'mayWatch'>;
  clock: Clock;
}): ReadRowHolders {
  /** Undefined if the answer fails, or takes too long to be waited for. */
  const soon = (answer: boolean | Promise<boolean>) =>
    new Promise<boolean | undefined>((resolve) => {
      const cancel = clock.after(ANSWER_WAIT_MS, () => resolve(undefined));
      Promise.resolve(answer)
        .then(resolve, () => resolve(undefined))
        .finally(cancel);
    });

  return async (session, records) => {
    const holders: RowHolders = { permitted: [], unanswered: [] };
    const asked = new Set<string>();
    for (;;) {
      // The rows may get other holders while the application is asked.
      const ids = leases.holdingTasks(records).filter((id) => !asked.has(id));
      if (ids.length === 0) return holders;
      for (const id of ids) asked.add(id);
      const tasks = await store.getMany(ids);
      const answers = await Promise.all(tasks.map((task) => soon(permissions.mayWatch(session.actor, task))));
      for (const [i, task] of tasks.entries()) {
        if (answers[i]) holders.permitted.push(task);
        if (answers[i] === undefined) holders.unanswered.push(task);
      }
    }
  };
}
