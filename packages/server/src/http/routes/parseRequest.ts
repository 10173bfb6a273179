/** Parses query and body by the schemas of a route. */
import type { z } from 'zod';
import { RowlockError } from '../../errors.ts';
import { issueInWords } from '../../issueInWords.ts';

/** A repeated field is a list. @throws {RowlockError} `bad_request` */
export function parseQuery<T>(schema: z.ZodType<T>, query: URLSearchParams): T {
  const fields = Object.fromEntries(
    [...new Set(query.keys())].map((name) => {
      const values = query.getAll(name);
      return [name, values.length === 1 ? values[0] : values];
    }),
  );
  return parse(schema, fields, 'The query was refused, because it is malformed');
}

/** A request without a body has an empty one. @throws {RowlockError} `bad_request` */
export const parseBody = <T>(schema: z.ZodType<T>, body: unknown): T =>
  parse(
    schema,
    isText(body) ? parseJson(String(body)) : (body ?? {}),
    'The request was refused, because its body is malformed',
  );

const isText = (body: unknown) => typeof body === 'string' || Buffer.isBuffer(body);

function parseJson(text: string): unknown {
  if (text === '') return {};
  try {
    return JSON.parse(text);
  } catch {
    throw new RowlockError('bad_request', 'The body is not JSON. Correct it and send it again.');
  }
}

function parse<T>(schema: z.ZodType<T>, given: unknown, refusal: string): T {
  const parsed = schema.safeParse(given);
  if (parsed.success) return parsed.data;
  throw new RowlockError(
    'bad_request',
    `${refusal}${issueInWords(parsed.error)}. Correct it and send it again.`,
  );
}
