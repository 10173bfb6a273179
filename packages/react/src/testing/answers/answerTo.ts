/**
 * The answers of the server in memory to the messages of a tab. As a real server does, it counts a message first, then parses it
 * by the schemas of the protocol, and then handles it.
 */
import {
  type Ack,
  type ClientMessageName,
  clientMessages,
  type Limits,
  type ParsedClientMessage,
} from '@rowlock/protocol';
import { listRecords, type MemoryRates } from '../memoryRates.ts';
import type { MemoryTab } from '../memoryTab.ts';
import { Refusal } from '../refusal.ts';
import type { AnswerParts, Answers } from './answerParts.ts';
import { createBlockerAnswers } from './blockerAnswers.ts';
import { createLeaseAnswers } from './leaseAnswers.ts';
import { createReleaseAnswers } from './releaseAnswers.ts';
import { createRequestAnswers } from './requestAnswers.ts';
import { createResourceAnswers } from './resourceAnswers.ts';
import { createSessionAnswers } from './sessionAnswers.ts';
import { createTaskAnswers } from './taskAnswers.ts';
import { createTaskListAnswers } from './taskListAnswers.ts';
import { createWatchAnswers } from './watchAnswers.ts';

/** Answers one message, with an error if it is refused. */
export type AnswerTo = (tab: MemoryTab, name: string, message: unknown) => Ack<ClientMessageName>;

export interface AnswerToParts extends AnswerParts {
  rates: MemoryRates;
  /** False while the server does not see Redis */
  isCertain(): boolean;
}

/** Messages that a server without Redis answers, too */
const NEEDS_NO_REDIS: ReadonlySet<string> = new Set<ClientMessageName>(['confirm', 'unwatch']);

/** Messages that name records of a lease */
const ABOUT_LEASES: ReadonlySet<string> = new Set<ClientMessageName>([
  'acquire',
  'extend',
  'takeOver',
  'release',
]);

export function createAnswerTo(parts: AnswerToParts): AnswerTo {
  const answers: Answers<ClientMessageName> = {
    ...createWatchAnswers(parts),
    ...createResourceAnswers(parts),
    ...createBlockerAnswers(parts),
    ...createLeaseAnswers(parts),
    ...createReleaseAnswers(parts),
    ...createRequestAnswers(parts),
    ...createTaskListAnswers(parts),
    ...createTaskAnswers(parts),
    ...createSessionAnswers(parts),
  };

  function answer(tab: MemoryTab, name: string, message: unknown): Ack<ClientMessageName> {
    parts.rates.count(tab, name, message);
    assertName(name);
    assertRecordCount(name, message, parts.limits);
    const parsed = parse(name, message);
    if (!parts.isCertain() && !NEEDS_NO_REDIS.has(name)) throw unavailable();
    const handle = answers[name] as (tab: MemoryTab, message: unknown) => object;
    return { ok: true, ...handle(tab, parsed) } as Ack<ClientMessageName>;
  }

  return (tab, name, message) => {
    try {
      return answer(tab, name, message);
    } catch (error) {
      if (error instanceof Refusal) return { ok: false, error: error.body };
      // As on a real server, the log has the cause, and the user has not.
      console.error(error);
      const message = 'Something went wrong on the server, and nothing was changed. Its log says what.';
      return { ok: false, error: { code: 'internal', message } };
    }
  };
}

function assertName(name: string): asserts name is ClientMessageName {
  if (Object.hasOwn(clientMessages, name)) return;
  throw new Refusal({ code: 'bad_request', message: `The message "${name}" is unknown.` });
}

function assertRecordCount(
  name: ClientMessageName,
  message: unknown,
  { acquiredRecords, watchedRecords }: Limits,
): void {
  const most = ABOUT_LEASES.has(name) ? acquiredRecords : watchedRecords;
  const { length } = listRecords(message);
  if (length <= most) return;
  throw new Refusal({
    code: 'too_many_records',
    message: `"${name}" named ${length} records; a tab may name at most ${most}.`,
  });
}

function parse<N extends ClientMessageName>(name: N, message: unknown): ParsedClientMessage<N> {
  const parsed = clientMessages[name].safeParse(message ?? {});
  if (parsed.success) return parsed.data as ParsedClientMessage<N>;
  const [issue] = parsed.error.issues;
  throw new Refusal({
    code: 'bad_request',
    message: `The message "${name}" is malformed at "${issue?.path.join('.')}": ${issue?.message}`,
  });
}

const unavailable = () =>
  new Refusal({ code: 'unavailable', message: 'Redis cannot be reached. Try again in a moment.' });
