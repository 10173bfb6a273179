/** Answers the messages of a session: parses them, checks limits and permissions, and calls the rooms. */
import {
  type Ack,
  type ClientAnswers,
  type ClientMessageName,
  clientMessages,
  type ErrorBody,
  type Limits,
  type ParsedClientMessage,
} from '@rowlock/protocol';
import { ConflictError, RowlockError } from '../../errors.ts';
import { issueInWords } from '../../issueInWords.ts';
import type { SessionLeases } from '../../locks/leases/sessionLeases.ts';
import type { Logger } from '../../logger.ts';
import type { Permissions } from '../../permissions.ts';
import { redactConflict } from '../../tasks/read/describeConflicts.ts';
import type { Tasks } from '../../tasks/tasks.ts';
import { endConnection, engineOf, unreadBytes } from '../connections/connectionBounds.ts';
import type { KeyedRateLimit } from '../rateLimit.ts';
import type { Session } from '../session/session.ts';
import type { Watching } from '../watching/watching.ts';

type Handlers = {
  [N in ClientMessageName]: (session: Session, message: ParsedClientMessage<N>) => Promise<ClientAnswers[N]>;
};

export interface MessageDeps {
  watching: Watching;
  sessionLeases: SessionLeases;
  tasks: Tasks;
  permissions: Permissions;
  limits: Limits;
  /** For all sessions of a user together, by the user's id */
  userRates: KeyedRateLimit;
  logger: Logger;
}

/** Records that count as one more message */
const RECORDS_PER_COST = 100;

/** Listens to all messages of a session. */
export function answerMessages(session: Session, deps: MessageDeps): void {
  const handlers = createHandlers(deps);
  session.socket.onAny((name: string, ...args: unknown[]) => {
    const reply = args.at(-1);
    const answer = (ack: { ok: true } | { ok: false; error: ErrorBody }) => {
      if (typeof reply !== 'function' || !session.socket.connected) return;
      const connection = engineOf(session.socket);
      if (unreadBytes(connection) <= deps.limits.unreadBytes) return reply(ack);
      deps.logger.warn(
        `the connection of ${session.actor.id} was ended: it asks for more and has left ${deps.limits.unreadBytes} bytes unread`,
      );
      endConnection(connection);
    };
    handle(
      session,
      name,
      typeof reply === 'function' && args.length === 1 ? undefined : args[0],
      handlers,
      deps,
    )
      .then(answer)
      .catch(async (error: unknown) =>
        answer({ ok: false, error: await asErrorBody(session, name, error, deps) }),
      );
  });
}

async function handle(
  session: Session,
  name: string,
  payload: unknown,
  handlers: Handlers,
  { limits, userRates }: MessageDeps,
): Promise<Ack<ClientMessageName>> {
  const cost = costOf(payload, limits);
  if (!session.isWithinRate(cost)) {
    throw new RowlockError(
      'rate_limited',
      `This tab has sent more than ${limits.messagesPer10s} messages within 10 s (each 100 records count as one more). Wait a ` +
        'moment, and watch records in batches.',
    );
  }
  if (!userRates.allow(session.actor.id, cost)) {
    throw new RowlockError(
      'rate_limited',
      `Your tabs have sent more than ${limits.messagesPer10sOfUser} messages within 10 s. Wait a moment, or close some of them.`,
    );
  }
  if (!isMessageName(name)) {
    throw new RowlockError(
      'bad_request',
      `The message "${name.slice(0, 40)}" is unknown. Use one of: ${Object.keys(clientMessages).join(', ')}.`,
    );
  }
  assertSize(name, payload, limits);
  const parsed = clientMessages[name].safeParse(payload ?? {});
  if (!parsed.success) {
    throw new RowlockError(
      'bad_request',
      `The message "${name}" was refused, because it is malformed${issueInWords(parsed.error)}. Correct it and send it again.`,
    );
  }
  const handler = handlers[name] as (
    session: Session,
    message: unknown,
  ) => Promise<ClientAnswers[ClientMessageName]>;
  return { ok: true, ...(await handler(session, parsed.data)) } as Ack<ClientMessageName>;
}

const recordsIn = (payload: unknown): readonly unknown[] => {
  const records = (payload as { records?: unknown } | null | undefined)?.records;
  return Array.isArray(records) ? records : [];
};

/** A list that is too long is refused by its length alone, so the excess costs nothing. */
const costOf = (payload: unknown, { watchedRecords }: Limits): number =>
  1 + Math.floor(Math.min(recordsIn(payload).length, watchedRecords) / RECORDS_PER_COST);

const isMessageName = (name: string): name is ClientMessageName => Object.hasOwn(clientMessages, name);

/** Before anything is parsed: a list that is too long is refused by its length alone. */
function assertSize(name: ClientMessageName, payload: unknown, limits: Limits): void {
  const records = recordsIn(payload);
  const limit = name === 'acquire' ? limits.acquiredRecords : limits.watchedRecords;
  if (records.length > limit) {
    throw new RowlockError(
      'too_many_records',
      `"${name}" named ${records.length} records; a tab may name at most ${limit}. Launch a task for work on more.`,
    );
  }
}

function createHandlers({ watching, sessionLeases, tasks, permissions, limits }: MessageDeps): Handlers {
  const assertRecords: Permissions['assertRecords'] = permissions.assertRecords;
  return {
    watch: (session, { records, tasks: taskIds }) =>
      session.inOrder(async () => {
        assertRecords(records);
        const watched = watching.watchedBy(session);
        const wouldWatch = watched.records.size + records.filter((key) => !watched.records.has(key)).length;
        if (wouldWatch > limits.watchedRecords) {
          throw new RowlockError(
            'too_many_records',
            `This tab would watch ${wouldWatch} records; it may watch at most ${limits.watchedRecords}. Unwatch some.`,
          );
        }
        if (taskIds !== 'all' && watched.tasks.size + taskIds.length > limits.watchedTasks) {
          throw new RowlockError(
            'rate_limited',
            `This tab would watch more than ${limits.watchedTasks} tasks by their ids. Unwatch some, or watch 'all'.`,
          );
        }
        if (records.length > 0) await permissions.require({ actor: session.actor, action: 'watch', records });
        return watching.watch(session, records, taskIds);
      }),

    unwatch: (session, { records, tasks: taskIds }) =>
      session.inOrder(async () => {
        watching.unwatch(session, records, taskIds);
        return {};
      }),

    acquire: (session, { records, mode, label }) =>
      session.inOrder(async () => {
        assertRecords(records);
        if (sessionLeases.getLeaseCount(session) >= limits.heldLeases) {
          throw new RowlockError(
            'rate_limited',
            `This tab holds ${limits.heldLeases} leases, and may hold no more. Release some first.`,
          );
        }
        await permissions.require({ actor: session.actor, action: 'acquire', records });
        const holder = {
          type: 'person',
          id: session.socket.id,
          label: label ?? session.actor.name,
          actor: session.actor,
        } as const;
        return { lease: await sessionLeases.acquire(session, { holder, records, mode }) };
      }),

    async resume(session, { nextSecret, ...leaseSecret }) {
      const { actor } = session;
      const records = await sessionLeases.getRecords(leaseSecret.leaseId, actor.id);
      await permissions.require({ actor, action: 'acquire', records });
      return sessionLeases.resume(session, leaseSecret, actor.id, nextSecret);
    },

    confirm: async (session) => ({ leases: sessionLeases.listAges(session) }),

    async release(_session, leaseSecret) {
      await sessionLeases.release(leaseSecret);
      return {};
    },

    async cancel(session, { taskId }) {
      return { task: await tasks.cancel(taskId, { actor: session.actor }) };
    },
  };
}

async function asErrorBody(
  session: Session,
  name: string,
  error: unknown,
  { tasks, logger }: MessageDeps,
): Promise<ErrorBody> {
  const known = error instanceof RowlockError ? error : undefined;
  const code = known?.code ?? 'internal';
  const who = `tab ${session.socket.id} of ${session.actor.id}`;
  if (!known) logger.error(`the message "${name}" of ${who} could not be handled`, error);
  else if (code !== 'conflict' && session.isFirst(`${code} ${name}`)) {
    logger.warn(`refused "${name.slice(0, 40)}" of ${who}: ${known.message} (said once)`);
  }
  if (known instanceof ConflictError) {
    return (await redactConflict(tasks, known, session.actor)).toBody();
  }
  return (
    known?.toBody() ?? {
      code,
      message:
        'Something went wrong on the server, and nothing was changed. Try again, or ask an administrator to read the log.',
    }
  );
}
