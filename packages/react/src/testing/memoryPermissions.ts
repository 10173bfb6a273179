/** The permissions of users of the server in memory: its option `authorize` decides. */
import type {
  Actor,
  Conflict,
  LeaseView,
  LockScope,
  RecordKey,
  ReleaseAnswer,
  TaskView,
} from '@rowlock/protocol';
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
  /** `takeOver`: the state of the actor's request to release that lease. Absent if they have not asked */
  releaseRequest?: 'open' | Exclude<ReleaseAnswer, 'released'>;
  /** The task in question, if the action is about a task. Only its name before it is launched */
  task?: { name: string } | TaskView;
  /** The input of a launch, when the records are known */
  input?: unknown;
}

export type MemoryAuthorize = (question: MemoryQuestion) => boolean;

/** A permission that a test has taken away: of one actor, or of everybody. */
interface Revocation {
  /** A record key, or the id of a task */
  key: string;
  actorId: string | undefined;
}

export class MemoryPermissions {
  readonly #authorize: MemoryAuthorize;
  #revocations: Revocation[] = [];

  constructor(authorize: MemoryAuthorize = ({ action }) => action !== 'takeOver') {
    this.#authorize = authorize;
  }

  revoke(keys: readonly string[], actorId: string | undefined): void {
    this.#revocations.push(...keys.map((key) => ({ key, actorId })));
  }

  permit(keys: readonly string[], actorId: string | undefined): void {
    this.#revocations = this.#revocations.filter(
      (revoked) => !keys.includes(revoked.key) || revoked.actorId !== actorId,
    );
  }

  isGranted(question: MemoryQuestion): boolean {
    const { actor, records = [], task } = question;
    const keys: string[] = task && 'id' in task ? [task.id, ...records] : [...records];
    const isRevoked = this.#revocations.some(
      ({ key, actorId = actor.id }) => actorId === actor.id && keys.includes(key),
    );
    return !isRevoked && this.#authorize(question);
  }

  /** @throws {Refusal} `forbidden` */
  require(question: MemoryQuestion): void {
    if (this.isGranted(question)) return;
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

  /** `requested`: the actor's request to release that lease. @throws {Refusal} `forbidden` */
  requireTakeOver(
    actor: Actor,
    { lease, records }: Conflict,
    requested: { answer?: ReleaseAnswer } | undefined,
  ): void {
    const state = requested && (requested.answer ?? 'open');
    const question: MemoryQuestion = { actor, action: 'takeOver', records, lease };
    if (state && state !== 'released') question.releaseRequest = state;
    if (this.#authorize(question)) return;
    const { type, label, actor: by } = lease.holder;
    const holder = type === 'task' ? `a task of ${by.name}` : `"${label}" (${by.name})`;
    const message = `${actor.name} may not take over from ${holder}. Nothing has changed.`;
    throw new Refusal({ code: 'forbidden', message });
  }

  mayWatch(actor: Actor, task: TaskView): boolean {
    return this.isGranted({ actor, action: 'watch', task });
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
