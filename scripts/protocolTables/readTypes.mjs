import { readFileSync } from 'node:fs';
import { parseSync } from 'oxc-parser';

/**
 * The types and lists of TypeScript files, with their docstrings, by name.
 *
 *   { LeaseView: { doc, members: [{ name, isOptional, type, doc }] },   of an interface
 *     LOCK_MODES: { doc, entries: [{ name, doc }] } }                   of a constant list, or of an object's keys
 */
export function readTypes(...paths) {
  return Object.assign({}, ...paths.map((path) => typesOf(readFileSync(path, 'utf8'), path)));
}

export function typesOf(text, path = 'types.ts') {
  const { program, comments, errors } = parseSync(path, text);
  if (errors.length > 0) throw new Error(`${path} cannot be read: ${errors[0].message}`);
  const found = {};
  for (const statement of program.body) {
    const declaration = statement.declaration ?? statement;
    const doc = docBefore(statement, text, comments);
    if (declaration.type === 'TSInterfaceDeclaration') {
      const properties = declaration.body.body.filter(({ type }) => type === 'TSPropertySignature');
      found[declaration.id.name] = { doc, members: properties.map(member) };
    }
    for (const { id, init } of declaration.declarations ?? []) {
      const entries = entriesOf(plainExpression(init));
      if (entries) found[id.name] = { doc, entries: entries.map(entry) };
    }
  }
  return found;

  function member(node) {
    return {
      name: node.key.name,
      isOptional: node.optional,
      type: oneLine(
        text.slice(node.typeAnnotation.typeAnnotation.start, node.typeAnnotation.typeAnnotation.end),
      ),
      doc: docBefore(node, text, comments),
    };
  }

  function entry(node) {
    return { name: node.value?.value ?? node.key?.name ?? node.value, doc: docBefore(node, text, comments) };
  }
}

/** The constant list or object inside `as const` and `satisfies …`. */
function plainExpression(node) {
  return node?.type === 'TSAsExpression' || node?.type === 'TSSatisfiesExpression'
    ? plainExpression(node.expression)
    : node;
}

function entriesOf(node) {
  if (node?.type === 'ArrayExpression') return node.elements.filter(({ type }) => type === 'Literal');
  if (node?.type === 'ObjectExpression')
    return node.properties.filter(({ key }) => key?.type === 'Identifier');
  return undefined;
}

/** The text of the docstring that ends where the node begins, on one line. */
function docBefore(node, text, comments) {
  const comment = comments.find(
    ({ type, value, end }) =>
      type === 'Block' &&
      value.startsWith('*') &&
      end <= node.start &&
      text.slice(end, node.start).trim() === '',
  );
  return comment && oneLine(comment.value.slice(1).replace(/^\s*\* ?/gm, ''));
}

const oneLine = (text) => text.replace(/\s+/g, ' ').trim();
