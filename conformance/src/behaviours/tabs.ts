/** Common actions of a tab, and what it sees. */
import type { Ack, LeaseId, LeaseSecret, OwnedLease, RecordKey, TaskView, View } from '@rowlock/protocol';
import { until } from '@rowlock/test-utils';
import type { Connection, EventPayload, ServerEventName } from '../subject/subject.ts';

export async function watch(tab: Connection, ...records: RecordKey[]): Promise<View> {
  const answer = await tab.request('watch', { records });
  if (!answer.ok) throw new Error(answer.error.message);
  return answer;
}

export async function acquire(tab: Connection, ...records: RecordKey[]): Promise<LeaseSecret> {
  const answer = await tab.request('acquire', { records });
  return secretOf(leaseOf(answer));
}

/** The lease of an answer that grants one. */
export function leaseOf(answer: Ack<'acquire'> | Ack<'resume'>): OwnedLease {
  if (answer.ok && 'lease' in answer) return answer.lease;
  throw new Error(answer.ok ? 'The lease waits.' : answer.error.message);
}

export const secretOf = ({ id, secret }: Pick<OwnedLease, 'id' | 'secret'>): LeaseSecret => ({
  leaseId: id,
  secret,
});

/** Waits for records that are blocked. */
export async function joinWaitList(tab: Connection, ...records: RecordKey[]) {
  const answer = await tab.request('acquire', { records, onConflict: 'wait' });
  if (!answer.ok || !('waiting' in answer)) throw new Error(answer.ok ? 'acquired' : answer.error.message);
  return answer;
}

export const seesAcquired = (tab: Connection, leaseId: LeaseId): Promise<unknown> =>
  until(() => received(tab, 'leaseAcquired').some((acquired) => acquired.leaseId === leaseId), {
    what: `lease ${leaseId} in force`,
  });

/** The payloads of all events of that name, oldest first. */
export const received = <Name extends ServerEventName>(tab: Connection, name: Name): EventPayload<Name>[] =>
  tab.events.filter((event) => event.name === name).map(({ payload }) => payload as EventPayload<Name>);

/** The leases on a record by the newest `changes` event that names it. */
export const leasesOn = (tab: Connection, record: RecordKey): readonly LeaseId[] | undefined =>
  received(tab, 'changes')
    .map(({ records }) => records[record])
    .findLast((leases) => leases !== undefined);

/** Resolves when events show that many leases on the record. */
export const seesLeases = (tab: Connection, record: RecordKey, count: number): Promise<unknown> =>
  until(() => leasesOn(tab, record)?.length === count, { what: `${count} leases on ${record}` });

/** The newest view of a task that events have shown. */
const taskSeen = (tab: Connection, taskId: string): TaskView | undefined =>
  received(tab, 'changes')
    .flatMap(({ tasks }) => tasks)
    .findLast((task) => task.id === taskId);

export const seesTask = (
  tab: Connection,
  taskId: string,
  what: string,
  isSo: (task: TaskView) => boolean,
): Promise<unknown> =>
  until(
    () => {
      const task = taskSeen(tab, taskId);
      return task !== undefined && isSo(task);
    },
    { what },
  );

export const isCertain = (tab: Connection): boolean =>
  received(tab, 'certainty').at(-1)?.certain ?? tab.hello.certain;

/** The code of an error, or undefined if the message was not refused. */
export const codeOf = (answer: { ok: boolean; error?: { code: string } }): string | undefined =>
  answer.ok ? undefined : answer.error?.code;
