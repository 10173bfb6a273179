/** Builds the messages that watch and unwatch: their content, and parts that fit into one message. Pure. */
import { type ClientMessage, type RecordKey, resourceOf } from '@rowlock/protocol';

/** Among ids of tasks: every task that the actor may see. */
export const ALL_TASKS = '*';

const TASKS_IN_A_MESSAGE = 200;
const RECORDS_IN_A_MESSAGE = 1_000;

/** `since`: the version up to which the changes of these records are known. */
export function buildWatchMessage(
  records: RecordKey[],
  tasks: string[],
  since?: number,
): ClientMessage<'watch'> {
  const message = { records, tasks: tasks.includes(ALL_TASKS) ? ('all' as const) : tasks };
  return since === undefined ? message : { ...message, since };
}

/** The keys of one message. */
export interface WatchPart {
  records: RecordKey[];
  tasks: string[];
}

/** The messages that watch these. The first records and the first tasks share one, and the list of all tasks has its own. */
export function planWatch(records: RecordKey[], tasks: string[], messageBytes: number): WatchPart[] {
  const [firstRecords = [], ...otherRecords] = splitRecords(records, messageBytes);
  const [firstTasks = [], ...otherTasks] = splitTasks(tasks.filter((id) => id !== ALL_TASKS));
  return [
    { records: firstRecords, tasks: firstTasks },
    ...otherRecords.map((part) => ({ records: part, tasks: [] })),
    ...otherTasks.map((part) => ({ records: [], tasks: part })),
    { records: [], tasks: tasks.filter((id) => id === ALL_TASKS) },
  ].filter(isNotEmpty);
}

/** The messages that unwatch these. */
export function planUnwatch(records: RecordKey[], tasks: string[], messageBytes: number): WatchPart[] {
  return [
    ...splitRecords(records, messageBytes).map((part) => ({ records: part, tasks: [] })),
    ...splitTasks(tasks.filter((id) => id !== ALL_TASKS)).map((part) => ({ records: [], tasks: part })),
    { records: [], tasks: tasks.filter((id) => id === ALL_TASKS) },
  ].filter(isNotEmpty);
}

const isNotEmpty = ({ records, tasks }: WatchPart): boolean => records.length + tasks.length > 0;

/** Splits by number and size, so that each part fits into a message of at most `messageBytes` with room to spare. */
export function splitRecords(keys: RecordKey[], messageBytes: number): RecordKey[][] {
  const budgetBytes = messageBytes / 2;
  const parts: RecordKey[][] = [];
  let part: RecordKey[] = [];
  let sizeBytes = 0;
  for (const key of keys) {
    // UTF-8 takes at most three bytes for a UTF-16 unit.
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

function splitTasks(ids: string[]): string[][] {
  const parts: string[][] = [];
  for (let start = 0; start < ids.length; start += TASKS_IN_A_MESSAGE) {
    parts.push(ids.slice(start, start + TASKS_IN_A_MESSAGE));
  }
  return parts;
}

/** One part for each resource, since a server refuses a message as a whole. */
export function splitByResource(records: RecordKey[]): RecordKey[][] {
  const groups = new Map<string, RecordKey[]>();
  for (const key of records) {
    const group = groups.get(resourceOf(key));
    if (group) group.push(key);
    else groups.set(resourceOf(key), [key]);
  }
  return [...groups.values()];
}
