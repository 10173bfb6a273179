/** The form of a route's declaration. The router, the Web handler and the OpenAPI document are made from it. */
import type { Actor, ErrorCode, SessionSecret } from '@rowlock/protocol';
import type { z } from 'zod';

export interface Route {
  method: 'GET' | 'POST';
  /** Below the place where the routes are mounted. A segment with a colon is a parameter: `/tasks/:id` */
  path: `/${string}`;
  tag: 'sessions' | 'leases' | 'locks' | 'tasks' | 'health';
  summary: string;
  description?: string;
  /** Answered without `authenticate`: the body proves the right, or there is nothing to protect */
  isPublic?: true;
  /** The questions to `authorize`, in words */
  permission: string;
  /** The header `Rowlock-Session` must name a session */
  needsSession?: true;
  query?: z.ZodType;
  body?: z.ZodType;
  /** A request without a body has an empty one */
  isBodyOptional?: true;
  /** How many messages of the live channel a request counts as, for the limits of its user. Default 1 */
  cost?: number;
  /** The meaning of each parameter in the path */
  params?: Readonly<Record<string, string>>;
  /** The answers, by status. The first one is that of a success. Null: without a body */
  answers: Readonly<Record<number, { description: string; schema: z.ZodType } | null>>;
  /** Errors beside those of every route */
  errors?: readonly ErrorCode[];
}

type ParamNames<Path extends string> = Path extends `${string}:${infer Name}/${infer Rest}`
  ? Name | ParamNames<`/${Rest}`>
  : Path extends `${string}:${infer Name}`
    ? Name
    : never;

type Parsed<Schema> = Schema extends z.ZodType ? z.output<Schema> : undefined;

/** A parsed request. */
export interface Asked<R extends Route> {
  actor: R extends { isPublic: true } ? undefined : Actor;
  session: R extends { needsSession: true } ? SessionSecret : undefined;
  params: Record<ParamNames<R['path']>, string>;
  query: R extends { query: infer Query } ? Parsed<Query> : undefined;
  body: R extends { body: infer Body } ? Parsed<Body> : undefined;
}

type BodyOf<Answer> = Answer extends { schema: infer Schema } ? Parsed<Schema> : undefined;

/** One of the declared answers, as a handler returns it. */
type Answered<R extends Route> = {
  [Status in keyof R['answers']]: { status: Status; body: BodyOf<R['answers'][Status]> };
}[keyof R['answers']];

export type RouteHandler<R extends Route> = (asked: Asked<R>) => Promise<Answered<R>>;

export type RouteHandlers<Routes extends Readonly<Record<string, Route>>> = {
  [Id in keyof Routes]: RouteHandler<Routes[Id]>;
};
