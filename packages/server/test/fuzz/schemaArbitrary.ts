/**
 * Inputs for a schema: valid, nearly valid, and hostile. They are derived from the schema itself, so a new message or route is
 * tried without a line here.
 */
import fc from 'fast-check';
import { z } from 'zod';

/** The part of JSON Schema that zod writes for our schemas. */
interface JsonSchema {
  title?: string;
  type?: string;
  enum?: unknown[];
  const?: unknown;
  anyOf?: JsonSchema[];
  properties?: Record<string, JsonSchema>;
  required?: string[];
  items?: JsonSchema;
  minItems?: number;
  maxItems?: number;
  minLength?: number;
  maxLength?: number;
  minimum?: number;
  maximum?: number;
  pattern?: string;
}

/** Longer lists and texts are a case of their own. */
const MOST_ITEMS = 5;
const MOST_CHARACTERS = 20;

/** Keys that exist elsewhere in the tests, so that messages meet each other. */
const recordKeys = fc.oneof(
  fc.constantFrom('cities/1', 'cities/2', 'cities/3', 'regions/1'),
  fc.constantFrom(
    'cities/*',
    'planets/1',
    'Cities/1',
    'cities/',
    '__proto__/1',
    'cities/__proto__',
    'cities/a\u0301',
  ),
);

/** Inputs of the form that the schema asks for. Its further checks may still refuse them. */
const wellFormed = (schema: z.ZodType): fc.Arbitrary<unknown> =>
  arbitraryOf(z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as JsonSchema);

function arbitraryOf(schema: JsonSchema): fc.Arbitrary<unknown> {
  if (schema.title === 'RecordKey') return recordKeys;
  if (schema.enum) return fc.constantFrom(...schema.enum);
  if ('const' in schema) return fc.constant(schema.const);
  if (schema.anyOf) return fc.oneof(...schema.anyOf.map(arbitraryOf));
  switch (schema.type) {
    case 'object':
      return objectOf(schema);
    case 'array':
      return fc.array(arbitraryOf(schema.items ?? {}), {
        minLength: schema.minItems ?? 0,
        maxLength: Math.min(schema.maxItems ?? MOST_ITEMS, MOST_ITEMS),
      });
    case 'string':
      return textOf(schema);
    case 'integer':
      return fc.integer(boundsOf(schema));
    case 'number':
      return fc.double({ noNaN: true, noDefaultInfinity: true });
    case 'boolean':
      return fc.boolean();
    default:
      return fc.jsonValue({ maxDepth: 2 });
  }
}

function objectOf({ properties = {}, required = [] }: JsonSchema): fc.Arbitrary<unknown> {
  const fields = Object.fromEntries(
    Object.entries(properties).map(([name, field]) => [name, arbitraryOf(field)]),
  );
  return fc.record(fields, { requiredKeys: required, noNullPrototype: true });
}

const textOf = ({ pattern, minLength = 0, maxLength = MOST_CHARACTERS }: JsonSchema): fc.Arbitrary<string> =>
  pattern === undefined
    ? fc.string({
        minLength,
        maxLength: Math.min(maxLength, Math.max(minLength, MOST_CHARACTERS)),
        unit: 'binary',
      })
    : fc.stringMatching(new RegExp(pattern));

const boundsOf = ({ minimum = -(2 ** 31), maximum = 2 ** 31 - 1 }: JsonSchema) => ({
  min: Math.max(minimum, -(2 ** 31)),
  max: Math.min(maximum, 2 ** 31 - 1),
});

/** Values that code is seldom ready for. Objects come from JSON, so `__proto__` is a field of its own. */
const hostileValue: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom<unknown>(
    null,
    true,
    -1,
    0,
    1e308,
    Number.MAX_SAFE_INTEGER,
    '',
    ' ',
    '\u0000',
    '\ud800',
    '\u202e',
  ),
  fc.constantFrom('__proto__', 'constructor', 'prototype', 'toString', 'length', '*', '../..', '%00'),
  fc
    .constantFrom(
      '{"__proto__":{"isAdmin":true}}',
      '{"constructor":{"prototype":{"isAdmin":true}}}',
      '{"toString":1,"valueOf":1}',
      '{"length":4294967295}',
      '[[[[[[[[[[]]]]]]]]]]',
    )
    .map((text): unknown => JSON.parse(text)),
  fc.integer({ min: 1_000, max: 50_000 }).map((length) => 'x'.repeat(length)),
  fc.integer({ min: 100, max: 3_000 }).map((length) => new Array(length).fill('cities/1')),
  fc.integer({ min: 50, max: 500 }).map(nested),
  fc.jsonValue(),
);

function nested(depth: number): unknown {
  let value: unknown = 'cities/1';
  for (let level = 0; level < depth; level++) value = level % 2 === 0 ? [value] : { records: value };
  return value;
}

/** One field of a well-formed object is missing, replaced, or new. */
const nearlyValid = (schema: z.ZodType): fc.Arbitrary<unknown> =>
  fc
    .tuple(
      wellFormed(schema),
      fc.constantFrom('remove', 'replace', 'add', 'wrap'),
      fc.nat(),
      fc.constantFrom('extra', '__proto__', 'constructor', 'toString', 'then'),
      hostileValue,
    )
    .map(([valid, how, index, name, value]) => spoil(valid, how, { index, name, value }));

function spoil(
  valid: unknown,
  how: string,
  { index, name, value }: { index: number; name: string; value: unknown },
): unknown {
  if (how === 'wrap' || typeof valid !== 'object' || valid === null) return [valid];
  const fields = Object.entries(valid);
  const field = fields[index % Math.max(1, fields.length)]?.[0] ?? name;
  if (how === 'remove') return Object.fromEntries(fields.filter(([key]) => key !== field));
  const changed = how === 'add' ? name : field;
  // By entries, since an assignment to `__proto__` adds no field.
  return Object.fromEntries([...fields.filter(([key]) => key !== changed), [changed, value]]);
}

/** Well-formed, nearly valid and hostile inputs. */
export const anyInput = (schema: z.ZodType): fc.Arbitrary<unknown> =>
  fc.oneof(
    { weight: 3, arbitrary: wellFormed(schema) },
    { weight: 4, arbitrary: nearlyValid(schema) },
    { weight: 2, arbitrary: hostileValue },
  );

export const hostile = hostileValue;
