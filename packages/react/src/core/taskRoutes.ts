/** The REST routes of tasks, for everything that the live channel does not carry. No request rejects. */
import type { ErrorBody, FailedRecord, Launched, TaskFilter, TaskView } from '@rowlock/protocol';
import type { FetchRoute } from './fetchRoute.ts';
import { RowlockClientError } from './rowlockClientError.ts';
import type { TaskFailuresOutcome, TaskLogLine, TaskLogOutcome } from './taskSource.ts';

type Answer<Body> = ({ ok: true } & Body) | { ok: false; error: RowlockClientError };

interface TaskPage {
  tasks: readonly TaskView[];
  /** Continues the list, as `after` */
  next?: string;
}

export interface TaskRoutes {
  list(filter: TaskFilter, page: { limit: number; after?: string }): Promise<Answer<TaskPage>>;
  find(id: string): Promise<Answer<{ task: TaskView }>>;
  failures(id: string): Promise<TaskFailuresOutcome>;
  log(id: string): Promise<TaskLogOutcome>;
  cancel(id: string): Promise<Answer<{ task: TaskView }>>;
  retry(id: string, options: object): Promise<Answer<Launched>>;
}

export function createTaskRoutes(routesUrl: string, fetchRoute: FetchRoute): TaskRoutes {
  const ask = <Body>(path: string, init: RequestInit = {}): Promise<Answer<Body>> =>
    request<Body>(`${routesUrl}/tasks${path}`, init, fetchRoute);
  const at = (id: string) => `/${encodeURIComponent(id)}`;
  const post = (body: object): RequestInit => ({
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  return {
    list: (filter, page) => ask(`?${toQuery({ ...filter, ...page })}`),
    find: (id) => ask(at(id)),
    failures: (id) => ask<{ total: number; failures: FailedRecord[] }>(`${at(id)}/failures`),
    log: (id) => ask<{ lines: TaskLogLine[] }>(`${at(id)}/log`),
    cancel: (id) => ask(`${at(id)}/cancel`, post({})),
    retry: (id, options) => ask(`${at(id)}/retry`, post(options)),
  };
}

async function request<Body>(url: string, init: RequestInit, fetchRoute: FetchRoute): Promise<Answer<Body>> {
  try {
    const response = await fetchRoute(url, {
      ...init,
      headers: { accept: 'application/json', ...init.headers },
    });
    const body: unknown = await response.json();
    if (response.ok) return { ok: true, ...(body as Body) };
    return failed(isErrorBody(body) ? body : unexpected(response.status));
  } catch {
    return failed(UNREACHABLE);
  }
}

function toQuery(fields: Record<string, unknown>): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(fields)) {
    for (const item of [value].flat()) if (item !== undefined) query.append(name, String(item));
  }
  return query.toString();
}

const failed = (error: ErrorBody): { ok: false; error: RowlockClientError } => ({
  ok: false,
  error: new RowlockClientError(error),
});

const isErrorBody = (body: unknown): body is ErrorBody =>
  typeof body === 'object' && body !== null && 'code' in body && 'message' in body;

const unexpected = (status: number): ErrorBody => ({
  code: 'internal',
  message:
    `The server has answered with the HTTP status ${status}, and not as Rowlock does. Check that its routes are mounted at ` +
    'this address (option `routesUrl` of the client).',
});

const UNREACHABLE: ErrorBody = {
  code: 'unavailable',
  message: 'The server cannot be reached, or its answer is not JSON. Try again in a moment.',
};
