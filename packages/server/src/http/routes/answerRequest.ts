/** Answers a request to one of the routes, for any framework. It never throws: a refusal and a fault are problems too. */
import { type Actor, SESSION_HEADER, type SessionSecret } from '@rowlock/protocol';
import { RowlockError } from '../../errors.ts';
import type { Logger } from '../../logger.ts';
import type { Origins } from '../../origins.ts';
import { readSecrets } from '../guard/writeSecrets.ts';
import type { HttpAnswer, RouteRequest } from '../httpRequest.ts';
import { asMalformedRequest } from '../malformedRequest.ts';
import { NO_STORE, problemAnswer, problemFor } from '../problems.ts';
import { createHandlers, type HandlerDeps } from './handlers.ts';
import { matchRoute } from './matchRoute.ts';
import { parseBody, parseQuery } from './parseRequest.ts';
import type { Asked, Route, RouteHandler } from './route.ts';
import { ROUTES } from './routes.ts';

const BODY_LIMIT_BYTES = 65_536;

/** The limits of each user: as on the live channel, counted apart from it. */
export interface RequestRates {
  /** Requests that a user may send in 10 s */
  limit: number;
  allow(actorId: string, cost: number): boolean;
}

export type AnswerRequest = (request: RouteRequest) => Promise<HttpAnswer>;

export function createAnswerRequest(
  deps: HandlerDeps & { origins: Origins; logger: Logger; requestRates: RequestRates },
): AnswerRequest {
  const { permissions, origins, logger, requestRates } = deps;
  const handlers = createHandlers(deps);

  async function answer(request: RouteRequest): Promise<HttpAnswer> {
    const { method, path } = request;
    // P14: another site can make a browser send a form with the user's cookies, but not read what it gets.
    if (method !== 'GET' && method !== 'HEAD') origins.require(request);
    const matched = matchRoute(ROUTES, request);
    if (!matched) {
      throw new RowlockError(
        'not_found',
        `There is no ${method} ${path} here. PROTOCOL.md lists the routes.`,
      );
    }
    const route: Route = ROUTES[matched.id];
    const handler = handlers[matched.id] as unknown as RouteHandler<Route>;
    const asked = {
      actor: route.isPublic ? undefined : await admit(request, route.cost),
      session: route.needsSession && requireSession(request),
      params: matched.params,
      query: route.query && parseQuery(route.query, request.query),
      body: route.body && parseBody(route.body, await request.readBody(BODY_LIMIT_BYTES)),
    };
    const { status, body: whole } = await handler(asked as Asked<Route>);
    const body = whole && asked.actor ? permissions.redaction.body(asked.actor, whole as object) : whole;
    return body === undefined
      ? { status, headers: NO_STORE }
      : {
          status,
          headers: { 'Content-Type': 'application/json; charset=utf-8', ...NO_STORE },
          body: JSON.stringify(body),
        };
  }

  async function admit({ credentials }: RouteRequest, cost = 1): Promise<Actor> {
    const actor = await permissions.authenticate(credentials);
    if (requestRates.allow(actor.id, cost)) return actor;
    throw new RowlockError(
      'rate_limited',
      `You have sent more than ${requestRates.limit} requests within 10 s. Wait a moment, and ask less often.`,
    );
  }

  function requireSession({ headers }: RouteRequest): SessionSecret {
    const { session } = readSecrets(headers);
    if (session) return session;
    throw new RowlockError(
      'bad_request',
      `The request has no header ${SESSION_HEADER}, so it is unclear which session is meant. Send "<session id>.<secret>".`,
    );
  }

  return async (request) => {
    try {
      return await answer(request);
    } catch (error) {
      const known = error instanceof RowlockError ? error : asMalformedRequest(error);
      if (known) return problemFor(deps, known, request.credentials);
      // The client gets a sentence, the log gets the cause.
      logger.error(`${request.method} ${request.path} failed`, error);
      return problemAnswer({
        code: 'internal',
        message:
          'Something went wrong on the server, and its log has the cause. Check what has changed before you try again.',
      });
    }
  };
}
