/** The REST routes of tasks on the server in memory, as a `fetch`. */
import {
  type Actor,
  ERRORS,
  type ErrorBody,
  PROBLEM_CONTENT_TYPE,
  problemOf,
  type TaskView,
} from '@rowlock/protocol';
import type { FetchRoute } from '../core/fetchRoute.ts';
import type { MemoryParts } from './memoryParts.ts';
import { MemoryTab } from './memoryTab.ts';
import { Refusal } from './refusal.ts';

export interface MemoryRoutesParts
  extends Pick<MemoryParts, 'answerTo' | 'ledger' | 'permissions' | 'tasks'> {
  getActor: () => Actor;
  /** Runs something after the server's delay. */
  later: (run: () => void) => void;
}

/** `…/tasks/t1/failures` */
const TASK_PATH = /\/tasks(?:\/([^/]+)(?:\/(failures|log|cancel|retry))?)?$/;

export function createMemoryRoutes(parts: MemoryRoutesParts): FetchRoute {
  return async (url, init = {}) => {
    await new Promise<void>((resolve) => parts.later(resolve));
    try {
      return Response.json(answer(parts, new URL(url, 'http://page'), init));
    } catch (error) {
      if (error instanceof Refusal) return toProblem(error.body);
      throw error;
    }
  };
}

function answer(parts: MemoryRoutesParts, { pathname, searchParams }: URL, init: RequestInit): object {
  const { tasks, getActor } = parts;
  const [path, id, part] = TASK_PATH.exec(pathname) ?? [];
  if (path === undefined) throw notFound(`There is no route ${pathname}.`);
  if (id === undefined) return ask(parts, 'listTasks', toFilter(searchParams));
  const task = findTask(parts, getActor(), decodeURIComponent(id));
  switch (part) {
    case undefined:
      return { task };
    case 'failures': {
      const failures = tasks.failuresOf(task.id);
      return { total: failures.length, failures };
    }
    case 'log':
      return { lines: tasks.logOf(task.id) };
    default:
      return ask(parts, part as 'cancel' | 'retry', { ...readBody(init), taskId: task.id });
  }
}

/** As the live channel answers the message. */
function ask({ answerTo, getActor }: MemoryRoutesParts, name: string, message: object): object {
  const tab = new MemoryTab(getActor(), { emit: () => {}, end: () => {} });
  const { ok: _, ...answered } = answerTo(tab, name, message);
  if ('error' in answered) throw new Refusal(answered.error);
  return answered;
}

function findTask({ ledger, permissions }: MemoryRoutesParts, actor: Actor, id: string): TaskView {
  const task = ledger.tasks.get(id);
  if (!task) throw notFound(`There is no task ${id}.`);
  permissions.require({ actor, action: 'watch', task });
  return task;
}

const LISTS: ReadonlySet<string> = new Set(['states', 'names', 'tags']);
const NUMBERS: ReadonlySet<string> = new Set(['launchedAfter', 'launchedBefore', 'limit']);

const toFilter = (query: URLSearchParams): object =>
  Object.fromEntries(
    [...new Set(query.keys())].map((name) => {
      const values = query.getAll(name);
      return [name, LISTS.has(name) ? values : NUMBERS.has(name) ? Number(values[0]) : values[0]];
    }),
  );

const readBody = ({ body }: RequestInit): object =>
  typeof body === 'string' ? (JSON.parse(body) as object) : {};

const notFound = (message: string) => new Refusal({ code: 'not_found', message });

const toProblem = (error: ErrorBody): Response =>
  new Response(JSON.stringify(problemOf(error)), {
    status: ERRORS[error.code].status,
    headers: { 'content-type': PROBLEM_CONTENT_TYPE },
  });
