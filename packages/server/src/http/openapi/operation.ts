/** One route as an operation of the document. */
import { ERRORS, type ErrorCode, PROBLEM_CONTENT_TYPE, SESSION_HEADER } from '@rowlock/protocol';
import { RETRY_AFTER_S } from '../problems.ts';
import type { Route } from '../routes/route.ts';
import { type JsonSchema, jsonSchemasOf, refTo } from './jsonSchemas.ts';

type Json = JsonSchema;

export function operationOf(operationId: string, route: Route): Json {
  const { tag, summary, description, permission, isPublic, answers } = route;
  const parameters = [...pathParameters(route), ...headerParameters(route), ...queryParameters(route)];
  return {
    operationId,
    tags: [tag],
    summary,
    description: [description, `Permission: ${permission}.`].filter(Boolean).join('\n\n'),
    ...(parameters.length > 0 && { parameters }),
    ...(route.body && { requestBody: requestBodyOf(route) }),
    responses: { ...answerResponses(answers), ...problemResponses(route) },
    ...(isPublic && { security: [] }),
  };
}

const pathParameters = ({ params = {} }: Route): Json[] =>
  Object.entries(params).map(([name, description]) => ({
    name,
    in: 'path',
    required: true,
    description,
    schema: { type: 'string' },
  }));

const headerParameters = ({ needsSession }: Route): Json[] =>
  needsSession
    ? [
        {
          name: SESSION_HEADER,
          in: 'header',
          required: true,
          description: '`<session id>.<secret>`',
          schema: { type: 'string' },
        },
      ]
    : [];

/** As the query is after parsing: a list is a repeated field. */
function queryParameters({ query }: Route): Json[] {
  if (!query) return [];
  const { properties, required = [] } = jsonSchemasOf({ query }, 'output').given.query as {
    properties: Record<string, Json>;
    required?: string[];
  };
  return Object.entries(properties).map(([name, { description, ...schema }]) => ({
    name,
    in: 'query',
    ...(required.includes(name) && { required: true }),
    ...(description !== undefined && { description }),
    schema,
  }));
}

const requestBodyOf = ({ body, isBodyOptional }: Route): Json => ({
  ...(!isBodyOptional && { required: true }),
  content: { 'application/json': { schema: jsonSchemasOf({ body: body! }, 'input').given.body } },
});

function answerResponses(answers: Route['answers']): Json {
  return Object.fromEntries(
    Object.entries(answers).map(([status, answer]) => [
      status,
      {
        description: answer?.description ?? 'Done',
        headers: noStore,
        ...(answer && {
          content: {
            'application/json': { schema: jsonSchemasOf({ answer: answer.schema }, 'output').given.answer },
          },
        }),
      },
    ]),
  );
}

const noStore = { 'Cache-Control': { $ref: '#/components/headers/NoStore' } };

/** The headers that responses refer to. */
export const HEADERS = {
  NoStore: { description: 'Always `no-store`', schema: { const: 'no-store' } },
  RetryAfter: { description: 'The seconds after which a client may try again', schema: { type: 'integer' } },
} as const;

/** The errors of a status share one response. */
function problemResponses(route: Route): Json {
  const byStatus = new Map<number, ErrorCode[]>();
  for (const code of errorsOf(route)) {
    const { status } = ERRORS[code];
    // A route may answer with that status itself, as the health does.
    if (!(status in route.answers)) byStatus.set(status, [...(byStatus.get(status) ?? []), code]);
  }
  return Object.fromEntries([...byStatus].map(([status, codes]) => [status, problemResponse(codes)]));
}

function errorsOf({ method, path, query, body, needsSession, isPublic, errors = [] }: Route): Set<ErrorCode> {
  const isParsed = query !== undefined || body !== undefined || needsSession || path.includes(':');
  return new Set<ErrorCode>([
    ...(isParsed ? (['bad_request'] as const) : []),
    ...(isPublic ? [] : (['unauthenticated', 'rate_limited'] as const)),
    // A page of a foreign origin.
    ...(method === 'GET' ? [] : (['forbidden'] as const)),
    ...(body ? (['too_large'] as const) : []),
    ...errors,
    'internal',
    'unavailable',
  ]);
}

const problemResponse = (codes: readonly ErrorCode[]): Json => ({
  description: codes.map((code) => `\`${code}\`: ${ERRORS[code].title}.`).join(' '),
  headers: {
    ...noStore,
    ...(codes.some((code) => code in RETRY_AFTER_S) && {
      'Retry-After': { $ref: '#/components/headers/RetryAfter' },
    }),
  },
  content: { [PROBLEM_CONTENT_TYPE]: { schema: { $ref: refTo('ProblemBody') } } },
});
