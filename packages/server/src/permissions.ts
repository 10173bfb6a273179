/** Asks the application's `authenticate` and `authorize`. Anything that they do not grant is refused. */
import type { IncomingHttpHeaders } from 'node:http';
import {
  type Actor,
  isRecordKey,
  type LeaseView,
  malformed,
  plainText,
  type RecordKey,
  resourceOf,
  type TaskView,
} from '@rowlock/protocol';
import type { LogConsumers } from './changeLog/consumers.ts';
import type { Clock } from './clock.ts';
import { RowlockError } from './errors.ts';
import { createWatchPermissions, type WatchPermissions } from './watchPermissions.ts';

export interface Credentials {
  headers: IncomingHttpHeaders;
  /** The client's `auth` of the live channel. Empty on HTTP */
  auth: Record<string, unknown>;
}

/** Returns null or undefined if nobody is signed in. */
export type Authenticate = (
  credentials: Credentials,
) => Actor | null | undefined | Promise<Actor | null | undefined>;

export interface AuthorizeQuestion {
  actor: Actor;
  action: 'watch' | 'acquire' | 'write' | 'launch' | 'cancel' | 'takeOver';
  /** The records in question, if the action is about records */
  records?: readonly RecordKey[];
  /** `takeOver`: the lease that would end */
  lease?: LeaseView;
  /** The task in question; only its name before it is launched */
  task?: { name: string } | TaskView;
}

export type Authorize = (question: AuthorizeQuestion) => boolean | Promise<boolean>;

export interface Permissions extends WatchPermissions {
  /** @throws {RowlockError} `unauthenticated` */
  authenticate(credentials: Credentials): Promise<Actor>;
  /** @throws {RowlockError} `forbidden` */
  require(question: AuthorizeQuestion): Promise<void>;
  /** The permission to watch a task is asked by `mayWatch`, so the answer may be cached. */
  isGranted(question: AuthorizeQuestion): Promise<boolean>;
  /** @throws {RowlockError} `bad_request`, `unknown_resource` */
  assertRecords(records: readonly unknown[]): asserts records is RecordKey[];
  /** @throws {RowlockError} `unknown_resource` */
  assertResources(records: readonly RecordKey[]): void;
}

export interface AuthOptions {
  /** Returns the user, or null to refuse. Called for every connection and every HTTP request */
  authenticate: Authenticate;
  /**
   * Returns `true` to permit; anything else refuses. Called for watching, acquiring, writing, taking over, launching
   * and cancelling. The answer about watching one task is cached for at most 10 s: see `permissionsChanged`
   */
  authorize: Authorize;
}

export function createPermissions(
  { authenticate, authorize }: AuthOptions,
  { resources, clock, log }: { resources: readonly string[]; clock: Clock; log: LogConsumers },
): Permissions {
  const known = new Set(resources);
  const ask = async (question: AuthorizeQuestion) => (await authorize(question)) === true;
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

  const assertResource = (resource: string) => {
    if (known.has(resource)) return;
    throw new RowlockError(
      'unknown_resource',
      `The resource "${resource}" is unknown here. Use one of: ${[...known].join(', ')}.`,
    );
  };

  return {
    async authenticate(credentials) {
      const actor = await authenticate(credentials);
      if (actor && typeof actor.id === 'string' && actor.id !== '' && typeof actor.name === 'string') {
        return { id: actor.id, name: plainText(actor.name) };
      }
      throw new RowlockError(
        'unauthenticated',
        'Nobody is signed in: the credentials are missing, malformed or out of date. Sign in and try again.',
      );
    },

    async require(question) {
      if (await isGranted(question)) return;
      const what = question.task ? describeTask(question.task) : describeRecords(question.records ?? []);
      throw new RowlockError(
        'forbidden',
        `${question.actor.name} may not ${question.action} ${what}. Ask an administrator for the permission.`,
      );
    },

    isGranted,

    ...watchPermissions,

    assertRecords(records): asserts records is RecordKey[] {
      for (const record of records) {
        if (!isRecordKey(record)) throw new RowlockError('bad_request', malformed(record));
        assertResource(resourceOf(record));
      }
    },

    assertResources(records) {
      for (const record of records) assertResource(resourceOf(record));
    },
  };
}

/** An existing task is named by its id, because only permitted users may read its name. */
const describeTask = (task: { name: string } | TaskView): string =>
  'id' in task ? `task ${task.id}` : `the task "${task.name}"`;

const describeRecords = (records: readonly RecordKey[]): string =>
  records.length === 1 ? records[0]! : `these ${records.length} records`;
