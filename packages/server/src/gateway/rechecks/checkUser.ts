/**
 * Asks the application about one user again: are their connections still signed in, and may they still watch and hold what
 * they do? Everything else ends. An answer that does not come in time is a refusal that a client may try again.
 */
import { type RecordKey, resourceOf, type TaskView, wholeResource } from '@rowlock/protocol';
import type { Clock } from '../../clock.ts';
import { RowlockError } from '../../errors.ts';
import type { SessionLeases } from '../../locks/leases/sessionLeases.ts';
import type { Logger } from '../../logger.ts';
import type { Permissions } from '../../permissions.ts';
import type { TaskStore } from '../../tasks/store/taskStore.ts';
import { credentialsOf } from '../connections/rowlockSocket.ts';
import type { Session } from '../session/session.ts';
import type { Watching } from '../watching/watching.ts';
import { type Answer, type AskLimits, askUntil } from './askUntil.ts';
import type { RechecksParts } from './rechecks.ts';
import { findRefusedRecords } from './refusedRecords.ts';

/** Tasks of a user that are asked about at the same time */
const TASKS_AT_ONCE = 50;
/** Records in one question */
const RECORDS_AT_ONCE = 5_000;

export interface CheckUserParts {
  permissions: Pick<
    Permissions,
    'authenticateAgain' | 'isGranted' | 'mayStillWatch' | 'sharedQuestionOf' | 'expiryOf'
  >;
  watching: Pick<Watching, 'watchedBy' | 'unwatch' | 'offerTask'>;
  sessionLeases: Pick<SessionLeases, 'listRequests' | 'end'>;
  store: Pick<TaskStore, 'getMany'>;
  clock: Clock;
  logger: Logger;
}

export function createCheckUser(parts: CheckUserParts): RechecksParts['checkUser'] {
  const { clock, logger } = parts;

  return async (sessions, deadlineMs) => {
    const limits = (session: Session, what: string): AskLimits => ({
      clock,
      deadlineMs,
      onFailed(error) {
        if (!session.isFirst(`recheck ${what}`)) return;
        logger.error(
          `${what} failed for ${session.actor.id}, who is connected; it is asked again (said once)`,
          error,
        );
      },
    });
    const answers = await Promise.all(
      sessions.map((session) => checkCredentials(session, parts, limits(session, 'authenticate'))),
    );
    const signedIn = sessions.filter((_, i) => answers[i]);
    await Promise.all([
      ...groupBy(signedIn, (session) => parts.permissions.sharedQuestionOf(session.actor)).map((alike) =>
        checkRecords(alike, parts, limits(alike[0]!, 'authorize')),
      ),
      ...signedIn.map((session) => checkLeases(session, parts, limits(session, 'authorize'))),
      ...signedIn.slice(0, 1).map((first) => checkTasks(signedIn, parts, limits(first, 'authorize'))),
    ]);
  };
}

/** Ends the connection if its credentials are no longer accepted. Returns whether they are. */
async function checkCredentials(
  session: Session,
  { permissions, watching }: CheckUserParts,
  limits: AskLimits,
): Promise<boolean> {
  const { actor, socket } = session;
  const before = permissions.sharedQuestionOf(actor);
  const answer = await askUntil(() => permissions.authenticateAgain(actor, credentialsOf(socket)), limits);
  // Other fields, perhaps another role: it may see other parts of holders.
  if (answer === 'granted' && permissions.sharedQuestionOf(actor) !== before)
    session.sendAgain(watching.watchedBy(session));
  if (answer === 'denied') session.end(noLongerSignedIn());
  if (answer === 'unanswered') session.end(unanswered('sign-in'));
  if (answer === 'granted') session.noteExpiry(permissions.expiryOf(actor));
  return answer === 'granted' && socket.connected;
}

/** `alike`: sessions about which the application gets the same question. Watched records are asked about by resource. */
async function checkRecords(
  alike: readonly Session[],
  { permissions, watching }: CheckUserParts,
  limits: AskLimits,
): Promise<void> {
  const { actor } = alike[0]!;
  const ask = (records: readonly RecordKey[]): Promise<Answer> =>
    askUntil(() => permissions.isGranted({ actor, action: 'watch', records }), limits);
  const watched = alike.map((session) => watching.watchedBy(session));
  const keys = new Set<RecordKey>([
    ...watched.flatMap(({ records, presence }) => [...records, ...presence]),
    ...watched.flatMap(({ resources }) => [...resources].map(wholeResource)),
  ]);

  function hide(lost: readonly RecordKey[], error: RowlockError): void {
    for (const session of alike) {
      const theirs = watching.watchedBy(session);
      const records = lost.filter((key) => theirs.records.has(key) || theirs.presence.has(key));
      const resources = lost
        .filter(isWholeResource)
        .map(resourceOf)
        .filter((name) => theirs.resources.has(name));
      if (records.length + resources.length === 0) continue;
      watching.unwatch(session, { records, resources, tasks: [], presence: records });
      session.hide({ records, resources }, error);
    }
  }

  await Promise.all(
    groupBy([...keys], resourceOf).flatMap((ofResource) =>
      chunks(ofResource, RECORDS_AT_ONCE).map(async (records) => {
        const { denied, unanswered: open } = await findRefusedRecords(records, ask);
        hide(denied, mayNoLongerWatch(denied.length === 1 ? denied[0]! : `these ${denied.length} records`));
        hide(open, unanswered('permission to watch'));
      }),
    ),
  );
}

async function checkLeases(
  session: Session,
  { permissions, sessionLeases }: CheckUserParts,
  limits: AskLimits,
): Promise<void> {
  const { actor } = session;
  await Promise.all(
    sessionLeases.listRequests(session).map(async ({ leaseId, records, scope }) => {
      const answer = await askUntil(
        () => permissions.isGranted({ actor, action: 'acquire', records, scope }),
        limits,
      );
      if (answer !== 'granted') await sessionLeases.end(session, leaseId, 'not permitted');
    }),
  );
}

/** The tasks that these sessions of one user see, and those that they watch by their ids. */
async function checkTasks(
  sessions: readonly Session[],
  { permissions, watching, store }: CheckUserParts,
  limits: AskLimits,
): Promise<void> {
  const { actor } = sessions[0]!;
  const ids = new Set(
    sessions.flatMap((session) => [...session.shownTasks.ids(), ...watching.watchedBy(session).tasks]),
  );

  async function check(task: TaskView): Promise<void> {
    const answer = await askUntil(() => permissions.mayStillWatch(actor, task), limits);
    for (const session of sessions) {
      const isShown = session.shownTasks.has(task.id);
      if (answer === 'granted') {
        // The permission is new.
        if (!isShown && watching.watchedBy(session).tasks.has(task.id)) watching.offerTask(session, task);
      } else if (isShown) {
        const error =
          answer === 'denied' ? mayNoLongerWatch(`task ${task.id}`) : unanswered('permission to watch');
        session.hide({ tasks: [task.id] }, error);
      }
    }
  }

  for (const some of chunks([...ids], TASKS_AT_ONCE)) {
    // Without Redis nothing new is sent of a task. They are asked about in the next round.
    const tasks = await store.getMany(some).catch(() => []);
    await Promise.all(tasks.map(check));
  }
}

const isWholeResource = (key: RecordKey) => key === wholeResource(resourceOf(key));

const noLongerSignedIn = () =>
  new RowlockError('unauthenticated', 'You are no longer signed in. Sign in again to continue.');

const unanswered = (what: string) =>
  new RowlockError(
    'unavailable',
    `The server could not check your ${what} in time. Your page tries again by itself.`,
  );

const mayNoLongerWatch = (what: string) =>
  new RowlockError('forbidden', `You may no longer watch ${what}. Ask an administrator for the permission.`);

/** Undefined as a key: a group of its own. */
function groupBy<T>(items: readonly T[], keyOf: (item: T) => string | undefined): T[][] {
  const groups = new Map<unknown, T[]>();
  for (const item of items) {
    const key = keyOf(item) ?? Symbol('alone');
    const group = groups.get(key);
    if (group) group.push(item);
    else groups.set(key, [item]);
  }
  return [...groups.values()];
}

const chunks = <T>(items: readonly T[], size: number): T[][] =>
  Array.from({ length: Math.ceil(items.length / size) }, (_, i) => items.slice(i * size, (i + 1) * size));
