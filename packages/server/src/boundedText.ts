/**
 * Texts and errors of a run as safe text for every reader and parser: bounded, valid Unicode, without control
 * characters. Never throws, and calls nothing of the value's own but, of an error, its message.
 */

/**
 * Lone surrogates (which other languages' JSON parsers refuse), and characters that turn the direction of what
 * follows.
 */
const HARMFUL = /[\p{Surrogate}\u202a-\u202e\u2066-\u2069]/gu;
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
const CONTROL = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u2028\u2029]/g;

/** @param maxLength in UTF-16 units */
export function boundedText(value: unknown, maxLength: number): string {
  return clean(textOf(value), maxLength);
}

/** The message of what was thrown, whatever it was: no stack. Never empty. */
export function errorText(thrown: unknown, maxLength: number): string {
  return clean(messageOf(thrown), maxLength) || 'It failed without saying why.';
}

/** The stack of a thrown error, for developers. Undefined if it has no stack. */
export function stackText(thrown: unknown, maxLength: number): string | undefined {
  const stack = propertyOf(thrown, 'stack');
  return typeof stack === 'string' ? clean(stack, maxLength) : undefined;
}

function clean(text: string, maxLength: number): string {
  // Cut first: a text may have many million characters.
  const short = text.length > maxLength ? `${text.slice(0, maxLength - 1)}…` : text;
  return short.replace(HARMFUL, '\ufffd').replace(CONTROL, ' ');
}

function messageOf(thrown: unknown): string {
  const message = propertyOf(thrown, 'message');
  if (typeof message === 'string') return message;
  return isObject(thrown) ? `It threw a value that is no error: ${textOf(thrown)}.` : textOf(thrown);
}

function textOf(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return value;
    case 'object':
    case 'function':
      return value === null ? 'null' : kindOf(value);
    default:
      return String(value); // of a primitive, also of a symbol, it calls nobody
  }
}

const isObject = (value: unknown): value is object =>
  (typeof value === 'object' && value !== null) || typeof value === 'function';

/** A getter or a proxy may throw. */
function propertyOf(value: unknown, name: string): unknown {
  if (!isObject(value)) return undefined;
  try {
    return (value as Record<string, unknown>)[name];
  } catch {
    return undefined;
  }
}

function kindOf(value: object): string {
  try {
    return Object.prototype.toString.call(value);
  } catch {
    return '[object]';
  }
}
