/**
 * The fields of a zod object as PROTOCOL.md shows them: `{ name, isOptional, type, meaning }`. `namedTypes` are schemas
 * that the page describes in a place of their own.
 */
export function schemaFields(schema, namedTypes = []) {
  const { properties, required = [] } = jsonSchema(schema);
  const descriptionsOfTypes = new Set(namedTypes.map((type) => jsonSchema(type).description));
  return Object.entries(properties).map(([name, field]) => ({
    name,
    isOptional: !required.includes(name),
    type: typeOf(field),
    meaning: meaningOf(field, descriptionsOfTypes),
  }));
}

/** `unrepresentable`: a check by a function, such as the one of a record key, has no JSON schema. Its title names it. */
export const jsonSchema = (schema) => schema.toJSONSchema({ io: 'input', unrepresentable: 'any' });

function typeOf(field) {
  if (field.title) return field.title;
  if (field.anyOf) return field.anyOf.map(typeOf).join(' | ');
  if ('const' in field) return `'${field.const}'`;
  if (field.enum) return field.enum.map((value) => `'${value}'`).join(' | ');
  if (field.type === 'array') return `${typeOf(field.items)}[]`;
  if (field.type === 'object') return 'object';
  // Any value fits a schema that says nothing.
  return field.type === 'integer' ? 'number' : (field.type ?? 'unknown');
}

/** The description, then the bounds and the default, which the schema knows better than any description. */
function meaningOf(field, descriptionsOfTypes) {
  return [
    // A field of a named type without words of its own has those of its type, which the table of values shows.
    descriptionsOfTypes.has(field.description) ? '' : field.description,
    boundsOf(field),
    'default' in field && defaultOf(field.default),
  ]
    .filter(Boolean)
    .join('. ');
}

function boundsOf(field) {
  if (field.anyOf) return field.anyOf.map(boundsOf).filter(Boolean).join('. ');
  const isList = field.type === 'array';
  const [least, most] = isList ? [field.minItems, field.maxItems] : [field.minimum, field.maximum];
  const isBounded = most !== undefined && most < Number.MAX_SAFE_INTEGER;
  if (isBounded) return `${number(least ?? 0)} to ${number(most)}`;
  return isList && least ? `At least ${number(least)}` : '';
}

const defaultOf = (value) =>
  `Default ${Array.isArray(value) && value.length === 0 ? 'none' : `\`${value}\``}`;
const number = (value) => value.toLocaleString('en-US');
