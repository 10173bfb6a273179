/** JSON schemas of zod schemas, which refer to the named ones. */
import { recordKeySchema } from '@rowlock/protocol';
import { z } from 'zod';
import { NAMED_SCHEMAS } from './namedSchemas.ts';

export type JsonSchema = { [key: string]: unknown };

const RECORD_KEY = {
  type: 'string',
  pattern: '^[a-z][a-z0-9_-]{0,63}/.{1,128}$',
  examples: ['cities/2988507'],
};

export interface JsonSchemas {
  /** The named schemas, by name */
  named: Record<string, JsonSchema>;
  /** The given ones, under their own names */
  given: Record<string, JsonSchema>;
}

/** `input`: as a client may send it, so an unknown field is refused. `output`: as it is after parsing, and may grow. */
export function jsonSchemasOf(
  given: Readonly<Record<string, z.ZodType>>,
  io: 'input' | 'output',
): JsonSchemas {
  const registry = z.registry<{ id: string }>();
  for (const [id, schema] of Object.entries(NAMED_SCHEMAS)) registry.add(schema, { id });
  const inline = Object.entries(given).filter(([, schema]) => !registry.has(schema));
  for (const [id, schema] of inline) registry.add(schema, { id });
  const { schemas } = z.toJSONSchema(registry, {
    io,
    // A check by a function has no JSON schema.
    unrepresentable: 'any',
    uri: refTo,
    override({ zodSchema, jsonSchema }) {
      if (zodSchema === recordKeySchema) Object.assign(jsonSchema, RECORD_KEY);
      if (io === 'output' && jsonSchema.additionalProperties === false)
        delete jsonSchema.additionalProperties;
    },
  });
  const plain = (id: string): JsonSchema => {
    const { $schema: _schema, $id: _id, id: _name, ...schema } = schemas[id] as JsonSchema;
    return schema;
  };
  return {
    named: Object.fromEntries(Object.keys(NAMED_SCHEMAS).map((id) => [id, plain(id)])),
    given: Object.fromEntries(
      Object.entries(given).map(([id, schema]) => {
        const name = Object.keys(NAMED_SCHEMAS).find((known) => NAMED_SCHEMAS[known] === schema);
        return [id, name === undefined ? plain(id) : { $ref: refTo(name) }];
      }),
    ),
  };
}

export const refTo = (name: string): string => `#/components/schemas/${name}`;
