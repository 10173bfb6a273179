/** The permissions of users of the server in memory: its option `authorize` decides. */
import type { Actor, Conflict, LeaseView, LockScope, RecordKey, TaskView } from '@rowlock/protocol';
import { Refusal } from './refusal.ts';

/** As `authorize` of a real server is asked. */
export interface MemoryQuestion {
  actor: Actor;
  action: 'watch' | 'acquire' | 'launch' | 'cancel' | 'takeOver';
  /** The records in question, if the action is about records */
  records?: readonly RecordKey[];
  /** `acquire`: `subtree` also for a whole resource */
  scope?: LockScope;
  /** `takeOver`: the lease that would end */
  lease?: LeaseView;
  /** The task in question, if the action is about a task. Only its name before it is launched */
  task?: { name: string } | TaskView;
  /** The input of a launch, when the records are known */
  input?: unknown;
}

export type MemoryAuthorize = (question: MemoryQuestion) => boolean;

export class MemoryPermissions {
  readonly #authorize: MemoryAuthorize;

  constructor(authorize: MemoryAuthorize = ({ action }) => action !== 'takeOver') {
    this.#authorize = authorize;
  }

  /** @throws {Refusal} `forbidden` */
  require(question: MemoryQuestion): void {
    if (this.#authorize(question)) return;
    const { actor, action, records = [], task } = question;
    const many = records.length === 1 ? records[0]! : `these ${records.length} records`;
    const what = task ? ('id' in task ? `task ${task.id}` : `the task "${task.name}"`) : many;
    throw new Refusal({
      code: 'forbidden',
      message: `${actor.name} may not ${action} ${what}. Ask an administrator for the permission.`,
    });
  }

  /** @throws {Refusal} `forbidden` */
  requireAcquire(actor: Actor, records: readonly RecordKey[], scope: LockScope): void {
    const coversMore = scope === 'subtree' || records.some((key) => key.endsWith('/*'));
    this.require({ actor, action: 'acquire', records, scope: coversMore ? 'subtree' : 'record' });
  }

  /** @throws {Refusal} `forbidden` */
  requireTakeOver(actor: Actor, { lease, records }: Conflict): void {
    if (this.#authorize({ actor, action: 'takeOver', records, lease })) return;
    const { type, label, actor: by } = lease.holder;
    const holder = type === 'task' ? `a task of ${by.name}` : `"${label}" (${by.name})`;
    const message = `${actor.name} may not take over from ${holder}. Nothing has changed.`;
    throw new Refusal({ code: 'forbidden', message });
  }

  mayWatch(actor: Actor, task: TaskView): boolean {
    return this.#authorize({ actor, action: 'watch', task });
  }

  /** A lease as a user sees it: a task that they may not watch is `A task`. */
  asSeen(actor: Actor, lease: LeaseView, task: TaskView | undefined): LeaseView {
    if (!task || this.mayWatch(actor, task)) return lease;
    return { ...lease, holder: { ...lease.holder, label: 'A task' } };
  }
}

/** For users who see a task as the holder of a row: its result belongs to those who watch the task itself. */
export function withoutResult({ result: _result, ...task }: TaskView): TaskView {
  return task;
}
