/** The answers of the server in memory to the messages of a tab. */
import {
  type Ack,
  type ClientAnswers,
  type ClientMessage,
  type ClientMessageName,
  type ErrorBody,
  type Holder,
  isFinal,
  type LeaseId,
  type LeaseSecret,
  type Limits,
  type RecordKey,
  type TaskView,
} from '@rowlock/protocol';
import type { ClientClock } from '../core/clock.ts';
import { randomToken } from '../core/randomToken.ts';
import { type MemoryLedger, owned } from './memoryLedger.ts';
import type { MemoryTab } from './memoryTab.ts';

/** A tab that watches all tasks gets this many at first, as from a real server */
const TASKS_AT_FIRST = 100;

/** Answers one message, with an error if it is refused. */
export type AnswerTo = <N extends ClientMessageName>(
  tab: MemoryTab,
  name: N,
  message: ClientMessage<N>,
) => Ack<N>;

type Handlers = {
  [N in ClientMessageName]: (tab: MemoryTab, message: ClientMessage<N>) => ClientAnswers[N];
};

export interface MemoryAnswersOptions {
  clock: ClientClock;
  limits: Limits;
  ledger: MemoryLedger;
  /** Ends a lease as its holder would. */
  free: (leaseId: LeaseId) => void;
  updateTask: (id: string, change: Partial<TaskView>) => TaskView;
  /** Sends every tab the state of the records that it watches. */
  sendChanges: (records: readonly RecordKey[]) => void;
  /** Runs something that a tab sees only after the server's delay. */
  later: (run: () => void) => void;
}

/** Thrown to answer with an error */
class Refusal extends Error {
  readonly body: ErrorBody;
  constructor(body: ErrorBody) {
    super(body.message);
    this.body = body;
  }
}

export function createAnswerTo(options: MemoryAnswersOptions): AnswerTo {
  const handlers = createHandlers(options);
  return (tab, name, message) => {
    try {
      return { ok: true, ...handlers[name](tab, message) };
    } catch (error) {
      if (error instanceof Refusal) return { ok: false, error: error.body };
      throw error;
    }
  };
}

function createHandlers({
  clock,
  limits,
  ledger,
  free,
  updateTask,
  sendChanges,
  later,
}: MemoryAnswersOptions): Handlers {
  return {
    watch: (tab, { records = [], tasks = [], since }) => {
      if (tab.records.size + records.length > limits.watchedRecords) {
        throw new Refusal({
          code: 'too_many_records',
          message: 'This tab watches too many records. Unwatch some.',
        });
      }
      for (const key of records) tab.records.add(key);
      if (tasks === 'all') tab.watchesAllTasks = true;
      else for (const id of tasks) tab.tasks.add(id);
      const changed = since === undefined ? [] : ledger.changes.since(since, records);
      return ledger.viewOf(records, tasks === 'all' ? ledger.newestTasks(TASKS_AT_FIRST) : tasks, changed);
    },
    unwatch: (tab, { records = [], tasks = [] }) => {
      for (const key of records) tab.records.delete(key);
      if (tasks === 'all') tab.watchesAllTasks = false;
      else for (const id of tasks) tab.tasks.delete(id);
      return {};
    },
    acquire: (tab, { records, mode = 'exclusive', label }) => {
      const conflicts = ledger.conflictsOf(records, mode);
      if (conflicts.length > 0) {
        const count = conflicts.reduce((sum, conflict) => sum + conflict.recordCount, 0);
        const message = `${count} of the ${records.length} records are held by others. Wait until they are free.`;
        throw new Refusal({ code: 'conflict', message, conflicts });
      }
      const holder: Holder = {
        type: 'person',
        id: tab.sessionId,
        label: label ?? tab.actor.name,
        actor: tab.actor,
      };
      const lease = ledger.acquire(records, { holder, mode, since: clock.now(), tab });
      sendChanges([...lease.records]);
      return { lease: owned(lease) };
    },
    resume: (tab, { leaseId, secret, nextSecret = randomToken() }) => {
      const lease = ledger.leases.get(leaseId);
      if (!lease || (lease.secret !== secret && lease.secret !== nextSecret)) throw lostLease();
      if (lease.view.holder.actor.id !== tab.actor.id) throw lostLease();
      const before = lease.tab;
      if (before && before !== tab) {
        later(() => before.emit({ type: 'leaseLost', payload: { leaseId, reason: 'resumed elsewhere' } }));
      }
      lease.secret = nextSecret;
      lease.tab = tab;
      return { lease: owned(lease), records: [...lease.records] };
    },
    confirm: (tab) => ({
      leases: [...ledger.leases.values()]
        .filter((lease) => lease.tab === tab)
        .map((lease) => ({ leaseId: lease.view.id, ageMs: 0 })),
    }),
    release: (_tab, leaseSecret: LeaseSecret) => {
      const lease = ledger.leases.get(leaseSecret.leaseId);
      if (lease?.secret !== leaseSecret.secret) throw lostLease();
      free(leaseSecret.leaseId);
      return {};
    },
    cancel: (_tab, { taskId }) => {
      const task = ledger.tasks.get(taskId);
      if (!task) throw new Refusal({ code: 'not_found', message: `There is no task ${taskId}.` });
      return { task: isFinal(task.state) ? task : updateTask(taskId, { cancelRequested: true }) };
    },
  };
}

const lostLease = () =>
  new Refusal({ code: 'lease_lost', message: 'The lease is no longer in force. Acquire the records again.' });
