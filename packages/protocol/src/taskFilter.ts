/** Filters of tasks that a `TaskView` alone decides, so that server and client decide alike. Pure. */
import type { TaskState, TaskView } from './task.ts';

/** A task matches if it meets every field that is present. An empty filter matches every task. */
export interface TaskFilter {
  /** Only tasks in these states */
  states?: readonly TaskState[] | undefined;
  /** Only tasks of the definitions with these names */
  names?: readonly string[] | undefined;
  /** Only tasks with all of these tags */
  tags?: readonly string[] | undefined;
  /** Only tasks that this user launched */
  actorId?: string | undefined;
  /** Only tasks launched at this time or later. Unix time in ms by the Redis server's clock, read from the launch order */
  launchedAfter?: number | undefined;
  /** Only tasks launched before this time, likewise */
  launchedBefore?: number | undefined;
  /** Only tasks with this text in label, name, id, tags or error. Upper and lower case are one */
  text?: string | undefined;
}

/** How many tasks of a filter the answer to `watch` contains at most: the newest. */
export const TASKS_AT_FIRST = 100;

export const matchesTask = (task: TaskView, filter: TaskFilter): boolean =>
  (!filter.states || filter.states.includes(task.state)) &&
  (filter.text === undefined || isIn(task, filter.text.toLowerCase())) &&
  matchesForever(task, filter);

/** The state of a task before it changed. Undefined: it is not known, so the task may have matched any filter */
export type StateBefore = TaskState | 'not launched' | undefined;

/**
 * Whether a watcher of the filter is to be sent the task: it matches, or may have matched before it changed. Never decided by the
 * text: a new attempt deletes the error in which it may have been found.
 */
export function concernsTask(task: TaskView, filter: TaskFilter, before: StateBefore): boolean {
  if (!matchesForever(task, filter)) return false;
  const { states } = filter;
  if (!states || before === undefined || states.includes(task.state)) return true;
  return before !== 'not launched' && states.includes(before);
}

/** The fields of a filter that a task matches from its launch on, or never: all but the state and the text. */
function matchesForever(
  task: TaskView,
  { names, tags, actorId, launchedAfter, launchedBefore }: TaskFilter,
): boolean {
  return (
    (!names || names.includes(task.name)) &&
    (!tags || tags.every((tag) => task.tags?.includes(tag))) &&
    (actorId === undefined || task.actor.id === actorId) &&
    (launchedAfter === undefined || task.launchOrder >= firstOrderOf(launchedAfter)) &&
    (launchedBefore === undefined || task.launchOrder < firstOrderOf(launchedBefore))
  );
}

/** Launch orders are times in µs: the first that a task launched in this millisecond can have. */
export const firstOrderOf = (ms: number): number => ms * 1_000;

/** Equal for filters that match the same tasks, whatever the order of their fields and lists. */
export function taskFilterKey({ states, names, tags, ...rest }: TaskFilter): string {
  const fields = { ...rest, states: sorted(states), names: sorted(names), tags: sorted(tags) };
  const present = Object.entries(fields).filter(([, value]) => value !== undefined);
  return JSON.stringify(Object.fromEntries(present.sort(([one], [other]) => (one < other ? -1 : 1))));
}

const sorted = (words: readonly string[] | undefined): string[] | undefined =>
  words && [...new Set(words)].sort();

const isIn = ({ label, name, id, tags = [], error = '' }: TaskView, text: string): boolean =>
  [label, name, id, ...tags, error].some((words) => words.toLowerCase().includes(text));
