/** The input of a launch, as a worker will receive it. */
import { isDeepStrictEqual } from 'node:util';
import { RowlockError } from '../../errors.ts';
import type { TaskDefinition } from '../definition/defineTask.ts';
import { isPlainObject, throughJson } from '../definition/jsonValue.ts';
import { parseWith } from '../definition/schema.ts';

export interface LaunchInput {
  /** As it is stored */
  json: string;
  /** As a worker reads it, before parsing */
  value: unknown;
  /** As the definition's schema parses it */
  parsed: unknown;
}

/**
 * The input goes through JSON and is parsed after that, here as in the worker. A value that JSON changes is accepted only
 * if the schema makes the same of both, as `z.coerce.date()` does of a Date.
 * @throws {RowlockError} `bad_request`
 */
export async function readInput(
  { name, input: schema }: TaskDefinition,
  given: unknown,
): Promise<LaunchInput> {
  const parse = async (value: unknown): Promise<unknown> => {
    const parsed = await parseWith(schema, value);
    if (parsed.ok) return parsed.value;
    throw new RowlockError(
      'bad_request',
      `The input of "${name}" is malformed${parsed.issue}. Correct the input and launch again.`,
    );
  };
  const sent = throughJson(given);
  if (sent.kind === 'same') {
    const value: unknown = JSON.parse(sent.json);
    return { json: sent.json, value, parsed: await parse(value) };
  }
  if (sent.kind === 'impossible') await parse(given);
  else {
    const asGiven = await parse(withoutUndefined(given));
    const value: unknown = JSON.parse(sent.json);
    const asSent = await parseWith(schema, value);
    if (asSent.ok && isDeepStrictEqual(asSent.value, asGiven)) {
      return { json: sent.json, value, parsed: asSent.value };
    }
  }
  throw new RowlockError(
    'bad_request',
    `The input of "${name}" would not reach a worker unchanged: ${sent.why}, and JSON does not keep that. Nothing was ` +
      'launched. Pass plain objects, arrays, strings, finite numbers, booleans and null, and a date as an ISO string.',
  );
}

/** Removes the keys that JSON leaves out, so that they make no difference. Only plain values are copied. */
function withoutUndefined(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutUndefined);
  if (!isPlainObject(value)) return value;
  const entries = Object.entries(value).filter(([, item]) => item !== undefined);
  return Object.fromEntries(entries.map(([key, item]) => [key, withoutUndefined(item)]));
}
