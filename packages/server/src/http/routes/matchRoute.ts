/** Finds the route of a request by its method and path. Pure. */
import { undecodableAddress } from '../malformedRequest.ts';
import type { Route } from './route.ts';

export interface MatchedRoute<Id> {
  id: Id;
  params: Record<string, string>;
}

/** Undefined if no route matches. @throws {RowlockError} `bad_request` if a parameter is not properly encoded */
export function matchRoute<Id extends string>(
  routes: Readonly<Record<Id, Route>>,
  { method, path }: { method: string; path: string },
): MatchedRoute<Id> | undefined {
  const segments = segmentsOf(path);
  for (const [id, route] of Object.entries<Route>(routes)) {
    if (route.method !== (method === 'HEAD' ? 'GET' : method)) continue;
    const params = paramsOf(segmentsOf(route.path), segments);
    if (params) return { id: id as Id, params };
  }
  return undefined;
}

/** A slash at the end makes no difference. */
const segmentsOf = (path: string): string[] => path.replace(/\/$/, '').split('/').slice(1);

function paramsOf(wanted: readonly string[], given: readonly string[]): Record<string, string> | undefined {
  if (wanted.length !== given.length) return undefined;
  const params: Record<string, string> = {};
  for (const [i, word] of wanted.entries()) {
    const segment = given[i]!;
    if (!word.startsWith(':')) {
      if (word !== segment) return undefined;
    } else if (segment === '') return undefined;
    else params[word.slice(1)] = decode(segment);
  }
  return params;
}

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    throw undecodableAddress();
  }
}
