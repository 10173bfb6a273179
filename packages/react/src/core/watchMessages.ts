/** Builds the messages that watch and unwatch: their content, and parts that fit into one message. Pure. */
import {
  type ClientMessage,
  type RecordKey,
  resourceOf,
  type TaskFilter,
  taskFilterKey,
} from '@rowlock/protocol';

/** Everything that a tab can watch, by kind. */
export interface WatchKeys {
  records: RecordKey[];
  /** Ids of tasks, and keys of lists of tasks */
  tasks: string[];
  resources: string[];
  /** Records whose viewers are watched */
  presence: RecordKey[];
}

export const WATCH_KINDS = [
  'records',
  'tasks',
  'resources',
  'presence',
] as const satisfies (keyof WatchKeys)[];
export type WatchKind = keyof WatchKeys;

export const noKeys = (): WatchKeys => ({ records: [], tasks: [], resources: [], presence: [] });

const TASKS_IN_A_MESSAGE = 200;
const RECORDS_IN_A_MESSAGE = 1_000;

/** Before the filter of a list of tasks, among ids of tasks. Rowlock's task ids are UUIDs. */
const LIST_MARK = '?';

/** The key of the list of tasks that match a filter. */
export const listKeyOf = (filter: TaskFilter): string => LIST_MARK + taskFilterKey(filter);

export const isListKey = (key: string): boolean => key.startsWith(LIST_MARK);

/** `since`: the version up to which the changes of these records are known. */
export function buildWatchMessage(
  { records, tasks, resources, presence }: WatchKeys,
  since?: number,
): ClientMessage<'watch'> {
  const [first] = tasks;
  const isList = first !== undefined && isListKey(first);
  return {
    records,
    tasks: isList ? (JSON.parse(first.slice(LIST_MARK.length)) as object) : tasks,
    ...(resources.length > 0 && { resources }),
    ...(presence.length > 0 && { presence }),
    ...(since !== undefined && { since }),
  };
}

/** The messages that watch these. The first of each kind share one, and each list of tasks has its own. */
export function planWatch(keys: WatchKeys, messageBytes: number): WatchKeys[] {
  const [firstRecords = [], ...otherRecords] = splitRecords(keys.records, messageBytes);
  const [firstTasks = [], ...otherTasks] = splitTasks(keys.tasks.filter((key) => !isListKey(key)));
  return [
    { ...noKeys(), records: firstRecords, tasks: firstTasks, resources: keys.resources },
    ...splitRecords(keys.presence, messageBytes).map((presence) => ({ ...noKeys(), presence })),
    ...otherRecords.map((records) => ({ ...noKeys(), records })),
    ...[...otherTasks, ...splitLists(keys.tasks)].map((tasks) => ({ ...noKeys(), tasks })),
  ].filter(isNotEmpty);
}

/** The messages that unwatch these. */
export function planUnwatch(keys: WatchKeys, messageBytes: number): WatchKeys[] {
  const ids = keys.tasks.filter((key) => !isListKey(key));
  return [
    ...splitRecords(keys.records, messageBytes).map((records) => ({ ...noKeys(), records })),
    ...[...splitTasks(ids), ...splitLists(keys.tasks)].map((tasks) => ({ ...noKeys(), tasks })),
    { ...noKeys(), resources: keys.resources },
    ...splitRecords(keys.presence, messageBytes).map((presence) => ({ ...noKeys(), presence })),
  ].filter(isNotEmpty);
}

/** Parts that a server may refuse apart, since it refuses a message as a whole: by resource, and the tasks. */
export function splitByPermission({ records, tasks, resources, presence }: WatchKeys): WatchKeys[] {
  return [
    ...byResource(records).map((group) => ({ ...noKeys(), records: group })),
    ...byResource(presence).map((group) => ({ ...noKeys(), presence: group })),
    { ...noKeys(), tasks },
    ...resources.map((resource) => ({ ...noKeys(), resources: [resource] })),
  ].filter(isNotEmpty);
}

function byResource(records: RecordKey[]): RecordKey[][] {
  const groups = new Map<string, RecordKey[]>();
  for (const key of records) {
    const group = groups.get(resourceOf(key));
    if (group) group.push(key);
    else groups.set(resourceOf(key), [key]);
  }
  return [...groups.values()];
}

const isNotEmpty = (keys: WatchKeys): boolean => Object.values(keys).some(({ length }) => length > 0);

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

const splitLists = (tasks: string[]): string[][] => tasks.filter(isListKey).map((key) => [key]);
