/**
 * Asks the application's `authenticate` and `authorize`. Anything that they do not grant is refused.
 *
 * The fields that an application adds to its users, such as a role, are known to `authorize` alone. All other code gets the
 * actor as the wire shows it, so no such field can leave the server.
 */
import type { Actor, LeaseView, LockScope, RecordKey, ReleaseAnswer, TaskView } from '@rowlock/protocol';
import type { LogConsumers } from './changeLog/consumers.ts';
import type { Clock } from './clock.ts';
import { RowlockError } from './errors.ts';
import { createHolderRedaction, type DescribeHolder, type HolderRedaction } from './holderRedaction.ts';
import { type Logger, quietLogger } from './logger.ts';
import { createRecordChecks, type RecordChecks } from './recordChecks.ts';
import { type Authenticate, createSignIns, type SignIns } from './signIns.ts';
import { createWatchPermissions, type WatchPermissions } from './watchPermissions.ts';

/**
 * The user in question. The application's own fields are as `authenticate` returned them. They are absent if the
 * application itself names an actor without them, for example in `tasks.launch`.
 */
export type AskedActor<User extends Actor> = Actor & Partial<Omit<User, keyof Actor>>;

export interface AuthorizeQuestion<User extends Actor = Actor> {
  actor: AskedActor<User>;
  action: 'watch' | 'acquire' | 'write' | 'launch' | 'cancel' | 'takeOver';
  /** The records in question, if the action is about records */
  records?: readonly RecordKey[];
  /**
   * `acquire` from a browser: `subtree` if the lease would cover more than the named records, that is, everything below them
   * or a whole resource (`cities/*`)
   */
  scope?: LockScope;
  /** `takeOver`: the lease that would end */
  lease?: LeaseView;
  /** `takeOver`: the state of the actor's request to release that lease. Absent if they have not asked */
  releaseRequest?: 'open' | Exclude<ReleaseAnswer, 'released'>;
  /** The task in question; only its name before it is launched */
  task?: { name: string } | TaskView;
  /**
   * `launch` is asked twice: by the task's name alone, before its records are selected, then also with `records` and this,
   * its parsed input
   */
  input?: unknown;
}

export type Authorize<User extends Actor = Actor> = (
  question: AuthorizeQuestion<User>,
) => boolean | Promise<boolean>;

export interface Permissions extends WatchPermissions, RecordChecks, SignIns {
  /** The part of a holder that a user may see */
  readonly redaction: HolderRedaction;
  /** @throws {RowlockError} `forbidden` */
  require(question: AuthorizeQuestion): Promise<void>;
  /** The permission to watch a task is asked by `mayWatch`, so the answer may be cached. */
  isGranted(question: AuthorizeQuestion): Promise<boolean>;
  /** For parts that serve users. @throws {TypeError} if the application has no `auth` */
  assertAuth(part: string): void;
}

export interface AuthOptions<User extends Actor = Actor> {
  /** Returns the user, perhaps with `expiresAt`, or null to refuse. Called for every connection and every HTTP request */
  authenticate: Authenticate<User>;
  /**
   * Returns `true` to permit; anything else refuses. Called for watching, acquiring, writing, taking over, launching
   * and cancelling. The answer about watching one task is cached for at most `recheckMs`: see `sessions.refresh`
   */
  authorize: Authorize<User>;
  /**
   * Each connection is authenticated again, and its watches and leases are authorised again, before this time has passed,
   * in ms. If the application fails for so long, it has refused. Default 10,000
   */
  recheckMs?: number;
  /**
   * The holder of a lease as this user may see it, for example without names for customers. Asked for leases, tasks and changes
   * of others, once for each holder and user with the same fields. Default: everybody sees the label and the actor
   */
  describeHolder?: DescribeHolder<AskedActor<User>>;
}

export const DEFAULT_RECHECK_MS = 10_000;

/** Without `auth` every question is an error, so nothing is permitted. */
export function createPermissions(
  auth: AuthOptions | undefined,
  parts: { resources: readonly string[]; clock: Clock; log: LogConsumers; logger?: Logger },
): Permissions {
  const { resources, clock, log, logger = quietLogger } = parts;
  const { authenticate, authorize } = auth ?? withoutAuth;
  const signIns = createSignIns(authenticate);
  const ask = async (question: AuthorizeQuestion) =>
    (await authorize({ ...question, actor: signIns.userOf(question.actor) })) === true;
  const keptMs = auth?.recheckMs ?? DEFAULT_RECHECK_MS;
  const watchPermissions = createWatchPermissions(ask, { clock, keptMs });
  const redaction = createHolderRedaction({
    describeHolder: auth?.describeHolder,
    signIns,
    clock,
    keptMs,
    onFailed: (error) => logger.error('`describeHolder` failed, so a holder was hidden', error),
  });
  const forget = (actorId?: string) => {
    watchPermissions.forget(actorId);
    redaction.forget();
  };
  log.register({
    name: 'permissions',
    phase: 'permissions',
    onEntries(entries) {
      for (const entry of entries) if (entry.kind === 'permissions') forget(entry.actorId);
    },
    onGap: () => forget(),
  });
  const isGranted = async (question: AuthorizeQuestion) => {
    const { actor, action, task } = question;
    return action === 'watch' && task && 'id' in task
      ? watchPermissions.mayWatch(actor, task)
      : ask(question);
  };

  return {
    ...signIns,

    async require(question) {
      if (await isGranted(question)) return;
      const what = question.task ? describeTask(question.task) : describeRecords(question.records ?? []);
      throw new RowlockError(
        'forbidden',
        `${question.actor.name} may not ${question.action} ${what}. Ask an administrator for the permission.`,
      );
    },

    isGranted,

    assertAuth(part) {
      if (!auth) throw new TypeError(noAuth(`\`${part}\` serves users`));
    },

    ...watchPermissions,
    forget,
    redaction,

    ...createRecordChecks(resources),
  };
}

const withoutAuth: AuthOptions = {
  authenticate() {
    throw new TypeError(noAuth('a user asks for something'));
  },
  authorize({ actor, action }) {
    throw new TypeError(noAuth(`${actor.name} asks for the permission to ${action}`));
  },
};

const noAuth = (occasion: string): string =>
  `This Rowlock has no \`auth\`, but ${occasion}. Give createRowlock \`auth: { authenticate, authorize }\`. Only a process that ` +
  'runs tasks, and serves no users, can do without.';

/** An existing task is named by its id, because only permitted users may read its name. */
const describeTask = (task: { name: string } | TaskView): string =>
  'id' in task ? `task ${task.id}` : `the task "${task.name}"`;

const describeRecords = (records: readonly RecordKey[]): string =>
  records.length === 1 ? records[0]! : `these ${records.length} records`;
