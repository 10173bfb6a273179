/** What a tab may ask of the gateway: parsed, bounded, permitted, answered. */
import {
  type Ack,
  type ClientAnswers,
  type ClientMessageName,
  clientMessages,
  type ErrorBody,
  type Limits,
  type ParsedClientMessage,
} from '@rowlock/protocol';
import { ConflictError, RowlockError } from '../errors.ts';
import { issueInWords } from '../issueInWords.ts';
import type { TabLeases } from '../locks/leases/tabLeases.ts';
import type { Logger } from '../logger.ts';
import type { Permissions } from '../permissions.ts';
import { conflictSeenBy } from '../tasks/read/explain.ts';
import type { Tasks } from '../tasks/tasks.ts';
import type { KeyedRateLimit } from './rateLimit.ts';
import type { TabSession } from './tabSession.ts';
import type { Watching } from './watching.ts';

type Handlers = {
  [N in ClientMessageName]: (tab: TabSession, message: ParsedClientMessage<N>) => Promise<ClientAnswers[N]>;
};

export interface MessageDeps {
  watching: Watching;
  tabLeases: TabLeases;
  tasks: Tasks;
  permissions: Permissions;
  limits: Limits;
  /** Of all tabs of a user together, by the user's id */
  userRates: KeyedRateLimit;
  logger: Logger;
}

/** Records that cost as much as one message more */
const RECORDS_PER_COST = 100;

/** Listens to everything that a tab sends. */
export function answerMessages(tab: TabSession, deps: MessageDeps): void {
  const handlers = createHandlers(deps);
  tab.socket.onAny((name: string, ...args: unknown[]) => {
    const reply = args.at(-1);
    const answer = (ack: { ok: true } | { ok: false; error: ErrorBody }) => {
      if (typeof reply !== 'function' || !tab.socket.connected) return;
      if (tab.unreadBytes() <= deps.limits.unreadBytes) return reply(ack);
      deps.logger.warn(
        `the connection of ${tab.actor.id} was ended: it asks for more and has left ${deps.limits.unreadBytes} bytes unread`,
      );
      tab.endConnection();
    };
    handle(tab, name, typeof reply === 'function' && args.length === 1 ? undefined : args[0], handlers, deps)
      .then(answer)
      .catch(async (error: unknown) =>
        answer({ ok: false, error: await asErrorBody(tab, name, error, deps) }),
      );
  });
}

async function handle(
  tab: TabSession,
  name: string,
  payload: unknown,
  handlers: Handlers,
  { limits, userRates }: MessageDeps,
): Promise<Ack<ClientMessageName>> {
  const cost = costOf(payload, limits);
  if (!tab.isWithinRate(cost)) {
    throw new RowlockError(
      'rate_limited',
      `This tab has sent more than ${limits.messagesPer10s} messages within 10 s (each 100 records count as one more). Wait a ` +
        'moment, and watch records in batches.',
    );
  }
  if (!userRates.allow(tab.actor.id, cost)) {
    throw new RowlockError(
      'rate_limited',
      `Your tabs have sent more than ${limits.messagesPer10sOfUser} messages within 10 s. Wait a moment, or close some of them.`,
    );
  }
  if (!isMessageName(name)) {
    throw new RowlockError(
      'bad_request',
      `No message "${name.slice(0, 40)}" is known. Known are: ${Object.keys(clientMessages).join(', ')}.`,
    );
  }
  assertSize(name, payload, limits);
  const parsed = clientMessages[name].safeParse(payload ?? {});
  if (!parsed.success) {
    throw new RowlockError('bad_request', `The message "${name}" is malformed${issueInWords(parsed.error)}`);
  }
  const handler = handlers[name] as (
    tab: TabSession,
    message: unknown,
  ) => Promise<ClientAnswers[ClientMessageName]>;
  return { ok: true, ...(await handler(tab, parsed.data)) } as Ack<ClientMessageName>;
}

const recordsIn = (payload: unknown): readonly unknown[] => {
  const records = (payload as { records?: unknown } | null | undefined)?.records;
  return Array.isArray(records) ? records : [];
};

/** A list that is too long is refused by its length alone, so what is more costs nothing. */
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

function createHandlers({ watching, tabLeases, tasks, permissions, limits }: MessageDeps): Handlers {
  const assertRecords: Permissions['assertRecords'] = permissions.assertRecords;
  return {
    watch: (tab, { records, tasks: taskIds }) =>
      tab.inOrder(async () => {
        assertRecords(records);
        const added = records.filter((key) => !tab.records.has(key)).length;
        if (tab.records.size + added > limits.watchedRecords) {
          throw new RowlockError(
            'too_many_records',
            `This tab would watch ${tab.records.size + added} records; it may watch at most ${limits.watchedRecords}. Unwatch some.`,
          );
        }
        if (taskIds !== 'all' && tab.tasks.size + taskIds.length > limits.watchedTasks) {
          throw new RowlockError(
            'rate_limited',
            `This tab would watch more than ${limits.watchedTasks} tasks by their ids. Unwatch some, or watch 'all'.`,
          );
        }
        if (records.length > 0) await permissions.require({ actor: tab.actor, action: 'watch', records });
        return watching.watch(tab, records, taskIds);
      }),

    unwatch: (tab, { records, tasks: taskIds }) =>
      tab.inOrder(async () => {
        watching.unwatch(tab, records, taskIds);
        return {};
      }),

    acquire: (tab, { records, mode, label }) =>
      tab.inOrder(async () => {
        assertRecords(records);
        if (tabLeases.countOf(tab) >= limits.heldLeases) {
          throw new RowlockError(
            'rate_limited',
            `This tab holds ${limits.heldLeases} leases, and may hold no more. Release some first.`,
          );
        }
        await permissions.require({ actor: tab.actor, action: 'acquire', records });
        const holder = {
          type: 'person',
          id: tab.socket.id,
          label: label ?? tab.actor.name,
          actor: tab.actor,
        } as const;
        return { lease: await tabLeases.acquire(tab, { holder, records, mode }) };
      }),

    async resume(tab, { nextSecret, ...leaseSecret }) {
      const { actor } = tab;
      const records = await tabLeases.recordsOf(leaseSecret.leaseId, actor.id);
      await permissions.require({ actor, action: 'acquire', records });
      return tabLeases.resume(tab, leaseSecret, actor.id, nextSecret);
    },

    confirm: async (tab) => ({ leases: tabLeases.agesOf(tab) }),

    async release(_tab, leaseSecret) {
      await tabLeases.release(leaseSecret);
      return {};
    },

    async cancel(tab, { taskId }) {
      return { task: await tasks.cancel(taskId, { actor: tab.actor }) };
    },
  };
}

async function asErrorBody(
  tab: TabSession,
  name: string,
  error: unknown,
  { tasks, logger }: MessageDeps,
): Promise<ErrorBody> {
  const known = error instanceof RowlockError ? error : undefined;
  const code = known?.code ?? 'internal';
  const who = `tab ${tab.socket.id} of ${tab.actor.id}`;
  if (!known) logger.error(`the message "${name}" of ${who} could not be handled`, error);
  else if (code !== 'conflict' && tab.isFirst(code, name)) {
    logger.warn(`refused "${name.slice(0, 40)}" of ${who}: ${known.message} (said once)`);
  }
  if (known instanceof ConflictError) {
    return (await conflictSeenBy(tasks, known, tab.actor)).toBody();
  }
  return (
    known?.toBody() ?? {
      code,
      message: 'Something went wrong on the server; nothing was changed. Its log says what.',
    }
  );
}
