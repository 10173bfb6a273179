/** A message as it arrives: what it costs, and the checks before it is handled. Pure. */
import {
  type ClientMessageName,
  clientMessages,
  type Limits,
  type ParsedClientMessage,
} from '@rowlock/protocol';
import { RowlockError } from '../../errors.ts';
import { issueInWords } from '../../issueInWords.ts';

/** Records, or entries of a page, that count as one more message */
const ENTRIES_PER_COST = 100;
/** A page has no more entries, whatever the message asks for. */
const MOST_ON_A_PAGE = 1_000;

/**
 * How many messages it counts as: `ownCost`, and one more for each 100 records or entries. A list that is too long is refused by its
 * length alone, so the excess costs nothing.
 */
export const costOf = (
  payload: unknown,
  { watchedRecords }: Pick<Limits, 'watchedRecords'>,
  ownCost = 1,
): number =>
  ownCost +
  Math.floor(Math.min(recordsIn(payload).length, watchedRecords) / ENTRIES_PER_COST) +
  Math.floor(Math.min(recordsIn(payload, 'presence').length, watchedRecords) / ENTRIES_PER_COST) +
  Math.floor(Math.min(limitIn(payload), MOST_ON_A_PAGE) / ENTRIES_PER_COST);

export const isMessageName = (name: string): name is ClientMessageName => Object.hasOwn(clientMessages, name);

/** @throws {RowlockError} `bad_request` */
export function assertMessageName(name: string): asserts name is ClientMessageName {
  if (isMessageName(name)) return;
  throw new RowlockError(
    'bad_request',
    `The message "${name.slice(0, 40)}" is unknown. Use one of: ${Object.keys(clientMessages).join(', ')}.`,
  );
}

/**
 * Call it before the message is parsed, so that a list that is too long is refused by its length alone.
 * @throws {RowlockError} `too_many_records`
 */
export function assertRecordCount(name: ClientMessageName, payload: unknown, most: number): void {
  const { length } = recordsIn(payload);
  if (length <= most) return;
  throw new RowlockError(
    'too_many_records',
    `"${name}" named ${length} records; a tab may name at most ${most}. Launch a task for work on more.`,
  );
}

/** @throws {RowlockError} `bad_request` */
export function parseMessage<N extends ClientMessageName>(name: N, payload: unknown): ParsedClientMessage<N> {
  const parsed = clientMessages[name].safeParse(payload ?? {});
  if (parsed.success) return parsed.data as ParsedClientMessage<N>;
  throw new RowlockError(
    'bad_request',
    `The message "${name}" was refused, because it is malformed${issueInWords(parsed.error)}. Correct it and send it again.`,
  );
}

const recordsIn = (payload: unknown, field: 'records' | 'presence' = 'records'): readonly unknown[] => {
  const records = (payload as Record<string, unknown> | null | undefined)?.[field];
  return Array.isArray(records) ? records : [];
};

const limitIn = (payload: unknown): number => {
  const limit = (payload as { limit?: unknown } | null | undefined)?.limit;
  return typeof limit === 'number' && limit > 0 ? limit : 0;
};
