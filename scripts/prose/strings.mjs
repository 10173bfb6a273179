import { lineAt } from './lines.mjs';

/** Stands for code, or for a value that is known at run time only. */
export const PLACEHOLDER = 'X';

const TESTS = new Set(['test', 'it', 'describe']);
const LOGS = new Set(['warn', 'error', 'info', 'debug']);
/** A string that is no argument of these, but reads as a sentence, is prose too: messages that functions put together. */
const SENTENCE = /^(?:[A-Z]|X )[^\n]* [^\n]*[.?!]$/;

/** Sentences that show a rule at work (rules.mjs) are quoted, as code is. */
const QUOTED = new Set(['finds', 'allows']);

/** Every string literal of a program that people read: of errors, log lines, tests, docs of schemas, and user interfaces. */
export function visitStrings(program, source, path) {
  const passages = [];
  // A contract that several test files share has another name, but imports `test` too.
  const isTest = /\.(test|spec)\.\w+$/.test(path) || /from '(vitest|@playwright\/test)'/.test(source);
  // Texts of user interfaces that are kept together, of which many are no whole sentences.
  visit(program, /\/messages\.ts$/.test(path) && path.includes('react') ? 'ui' : undefined);
  return passages;

  function visit(node, kind) {
    if (Array.isArray(node)) {
      for (const child of node) visit(child, kind);
      return undefined;
    }
    if (typeof node?.type !== 'string') return undefined;
    if (isString(node)) return add(node, kind);
    if (node.type === 'JSXText') return add(node, 'ui');
    if (node.type === 'ImportDeclaration' || node.type.startsWith('TS')) {
      if (node.expression) visit(node.expression, kind);
      if (node.type === 'TSEnumDeclaration') visit(node.body, kind);
      return undefined;
    }
    if (node.type === 'Property' && QUOTED.has(node.key.name)) return undefined;
    const own = kindOf(node, isTest);
    for (const [key, child] of Object.entries(node)) {
      if (typeof child !== 'object' || child === null) continue;
      if (own && key === 'arguments') {
        // A test's name, or an error's message, is one argument. The other arguments are judged by themselves.
        for (const argument of child) visit(argument, isString(argument) || own !== 'test' ? own : undefined);
      } else visit(child, isTransparent(node) || kind === 'ui' ? kind : undefined);
    }
    return undefined;
  }

  function add(node, kind) {
    const text = textOf(node).replace(/\s+/g, ' ').trim();
    const known = kind ?? (SENTENCE.test(text) ? 'text' : undefined);
    if (!known || !/[a-z]{2}/.test(text) || !text.includes(' ')) return;
    passages.push({ kind: known, text, line: lineAt(source, node.start) });
  }
}

/** The kind of a call's strings: the message of an error, a line of a log, the name of a test, the words of a schema. */
function kindOf(node, isTest) {
  if (node.type === 'NewExpression' && /Error$/.test(nameOf(node.callee))) return 'error';
  if (node.type !== 'CallExpression') return undefined;
  const { callee } = node;
  if (callee.type === 'MemberExpression' && LOGS.has(nameOf(callee)) && /log/i.test(nameOf(callee.object)))
    return 'log';
  if (
    nameOf(callee) === 'describe' &&
    callee.type === 'MemberExpression' &&
    !TESTS.has(nameOf(callee.object))
  )
    return 'text';
  return isTest && TESTS.has(rootName(callee)) ? 'test' : undefined;
}

/** `a ? 'x' : 'y'` and `a ?? 'x'` have the meaning of their parts. */
const isTransparent = ({ type }) =>
  type === 'ConditionalExpression' || type === 'LogicalExpression' || type === 'ParenthesizedExpression';

const nameOf = (node) => node?.name ?? node?.property?.name ?? '';

/** `test` of `test.each(rows)('…')`. */
function rootName(node) {
  if (node.type === 'MemberExpression') return rootName(node.object);
  if (node.type === 'CallExpression') return rootName(node.callee);
  if (node.type === 'TaggedTemplateExpression') return rootName(node.tag);
  return nameOf(node);
}

/** A string, a template, or a sum of which some part is one. */
function isString(node) {
  if (node?.type === 'BinaryExpression')
    return node.operator === '+' && (isString(node.left) || isString(node.right));
  return node?.type === 'TemplateLiteral' || (node?.type === 'Literal' && typeof node.value === 'string');
}

function textOf(node) {
  if (node.type === 'JSXText') return node.value;
  if (node.type === 'BinaryExpression') return [node.left, node.right].map(partOf).join('');
  if (node.type === 'Literal') return node.value;
  return node.quasis.map(({ value }) => value.cooked ?? value.raw).join(PLACEHOLDER);
}

const partOf = (node) => (isString(node) ? textOf(node) : PLACEHOLDER);
