/** How what a tab watches is put into messages: what a message says, and the parts that fit one. Pure. */
import { type ClientMessage, type RecordKey, resourceOf } from '@rowlock/protocol';

/** Stands for every task that the actor may see, among the ids of tasks. */
export const ALL_TASKS = '*';

const TASKS_IN_A_MESSAGE = 200;
const RECORDS_IN_A_MESSAGE = 1_000;

export function interestMessage(records: RecordKey[], tasks: string[]): ClientMessage<'watch'> {
  return { records, tasks: tasks.includes(ALL_TASKS) ? 'all' : tasks };
}

/** Parts of a number and size that fit one message, of at most `messageBytes`, with room to spare. */
export function recordsInParts(keys: RecordKey[], messageBytes: number): RecordKey[][] {
  const budgetBytes = messageBytes / 2;
  const parts: RecordKey[][] = [];
  let part: RecordKey[] = [];
  let sizeBytes = 0;
  for (const key of keys) {
    // Three bytes a UTF-16 unit is the most that UTF-8 takes.
    const keyBytes = key.length * 3 + 3;
    if (part.length === RECORDS_IN_A_MESSAGE || (part.length > 0 && sizeBytes + keyBytes > budgetBytes)) {
      parts.push(part);
      part = [];
      sizeBytes = 0;
    }
    part.push(key);
    sizeBytes += keyBytes;
  }
  if (part.length > 0) parts.push(part);
  return parts;
}

export function tasksInParts(ids: string[]): string[][] {
  const parts: string[][] = [];
  for (let start = 0; start < ids.length; start += TASKS_IN_A_MESSAGE) {
    parts.push(ids.slice(start, start + TASKS_IN_A_MESSAGE));
  }
  return parts;
}

/** A part for each resource, since a server refuses a message as a whole. */
export function byResource(records: RecordKey[]): RecordKey[][] {
  const groups = new Map<string, RecordKey[]>();
  for (const key of records) {
    const group = groups.get(resourceOf(key));
    if (group) group.push(key);
    else groups.set(resourceOf(key), [key]);
  }
  return [...groups.values()];
}
