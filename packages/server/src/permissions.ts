/**
 * Asks the application's `authenticate` and `authorize`. Anything that they do not grant is refused.
 *
 * The fields that an application adds to its users, such as a role, are known to `authorize` alone. All other code gets the
 * actor as the wire shows it, so no such field can leave the server.
 */
import {
  type Actor,
  type LeaseView,
  type LockScope,
  plainText,
  type RecordKey,
  type ReleaseAnswer,
  type TaskView,
} from '@rowlock/protocol';
import type { LogConsumers } from './changeLog/consumers.ts';
import type { Clock } from './clock.ts';
import type { Credentials } from './credentials.ts';
import { RowlockError } from './errors.ts';
import { createRecordChecks, type RecordChecks } from './recordChecks.ts';
import { createWatchPermissions, type WatchPermissions } from './watchPermissions.ts';

/** A user whose credentials are valid. */
export type SignedIn<User extends Actor = Actor> = User & {
  /**
   * When the credentials expire, in Unix ms. A connection of the live channel ends then. A time that has passed refuses.
   * Default: never
   */
  expiresAt?: number | undefined;
};

/** Returns null or undefined if nobody is signed in. `User` may have fields of the application: they reach `authorize` alone. */
export type Authenticate<User extends Actor = Actor> = (
  credentials: Credentials,
) => SignedIn<User> | null | undefined | Promise<SignedIn<User> | null | undefined>;

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

export interface Permissions extends WatchPermissions, RecordChecks {
  /** @throws {RowlockError} `unauthenticated` */
  authenticate(credentials: Credentials): Promise<Actor>;
  /** When the credentials expire that authenticated this actor, in Unix ms. Undefined: never */
  expiryOf(actor: Actor): number | undefined;
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
   * and cancelling. The answer about watching one task is cached for at most 10 s: see `permissionsChanged`
   */
  authorize: Authorize<User>;
}

/** Without `auth` every question is an error, so nothing is permitted. */
export function createPermissions(
  auth: AuthOptions | undefined,
  { resources, clock, log }: { resources: readonly string[]; clock: Clock; log: LogConsumers },
): Permissions {
  const { authenticate, authorize } = auth ?? withoutAuth;
  /** The application's own user for each actor that was authenticated */
  const users = new WeakMap<Actor, SignedIn>();
  const ask = async (question: AuthorizeQuestion) =>
    (await authorize({ ...question, actor: users.get(question.actor) ?? question.actor })) === true;
  const watchPermissions = createWatchPermissions(ask, clock);
  log.register({
    name: 'permissions',
    phase: 'permissions',
    onEntries(entries) {
      for (const entry of entries) if (entry.kind === 'permissions') watchPermissions.forget(entry.actorId);
    },
    onGap: () => watchPermissions.forget(),
  });
  const isGranted = async (question: AuthorizeQuestion) => {
    const { actor, action, task } = question;
    return action === 'watch' && task && 'id' in task
      ? watchPermissions.mayWatch(actor, task)
      : ask(question);
  };

  return {
    async authenticate(credentials) {
      const user = await authenticate(credentials);
      if (!user || typeof user.id !== 'string' || user.id === '' || typeof user.name !== 'string') {
        throw new RowlockError(
          'unauthenticated',
          'Nobody is signed in: the credentials are missing, malformed or out of date. Sign in and try again.',
        );
      }
      assertNotExpired(user);
      const actor = bareActor(user);
      users.set(actor, user);
      return actor;
    },

    expiryOf: (actor) => users.get(actor)?.expiresAt,

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

    ...createRecordChecks(resources),
  };
}

/** The actor as the wire shows it: without the fields of the application. */
export const bareActor = ({ id, name }: Actor): Actor => ({ id, name: plainText(name) });

/** @throws {RowlockError} `unauthenticated` @throws {TypeError} if the time is no Unix time in ms */
function assertNotExpired({ expiresAt }: SignedIn): void {
  if (expiresAt === undefined) return;
  if (typeof expiresAt !== 'number' || Number.isNaN(expiresAt) || isInSeconds(expiresAt)) {
    throw new TypeError(
      `\`authenticate\` returned the \`expiresAt\` ${String(expiresAt)}. Give the time in ms since 1970. \`exp\` of a JWT is in ` +
        'seconds: multiply it by 1,000.',
    );
  }
  if (expiresAt <= Date.now()) throw credentialsExpired();
}

/** A time of this century in seconds is one of 1970 in ms. */
const isInSeconds = (time: number): boolean => time > 0 && time < 1e11;

export const credentialsExpired = (): RowlockError =>
  new RowlockError('unauthenticated', 'Your sign-in has expired. Sign in again to continue.');

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
