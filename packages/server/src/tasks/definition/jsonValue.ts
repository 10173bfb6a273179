/** Sends a value through JSON, and explains how the result differs from the value. Pure; never throws. */
import { boundedText } from '../../boundedText.ts';

export type ThroughJson =
  /** The value is unchanged, except that keys with the value undefined are removed */
  | { kind: 'same'; json: string }
  /** The value is changed. `why`: the first difference, in words */
  | { kind: 'changed'; json: string; why: string }
  | { kind: 'impossible'; why: string };

export function throughJson(given: unknown): ThroughJson {
  const why = differenceOf(given);
  try {
    const json = JSON.stringify(given) as string | undefined;
    if (json === undefined) return { kind: 'impossible', why: why ?? 'it is not JSON' };
    return why === undefined ? { kind: 'same', json } : { kind: 'changed', json, why };
  } catch {
    return { kind: 'impossible', why: why ?? UNREADABLE };
  }
}

const UNREADABLE = 'it cannot be read as JSON';
const MAX_WORD_LENGTH = 60;

/** The first part of the value that JSON does not keep, in words, and its path. */
function differenceOf(given: unknown): string | undefined {
  const path: (string | number)[] = [];
  const around = new Set<object>();

  function differenceIn(value: unknown): string | undefined {
    switch (typeof value) {
      case 'string':
      case 'boolean':
        return undefined;
      case 'number':
        return Number.isFinite(value) && !Object.is(value, -0) ? undefined : inWords(value);
      case 'object':
        return value === null ? undefined : differenceInObject(value);
      default:
        return inWords(value);
    }
  }

  function differenceInObject(value: object): string | undefined {
    if (around.has(value)) return 'an object that contains itself';
    const isList = Array.isArray(value);
    if (!(isList ? isPlainList(value) : isPlainObject(value))) return inWords(value);
    if (Object.getOwnPropertySymbols(value).length > 0) return 'a symbol as a key';
    const keys = Object.keys(value);
    if (isList && keys.length !== value.length) return 'a list with gaps or named values';
    around.add(value);
    for (const key of keys) {
      const item = (value as Record<string, unknown>)[key];
      if (item === undefined && !isList) continue;
      path.push(key);
      const difference = differenceIn(item);
      if (difference !== undefined) return difference;
      path.pop();
    }
    around.delete(value);
    return undefined;
  }

  try {
    const difference = differenceIn(given);
    if (difference === undefined) return undefined;
    const where = path.length > 0 ? ` at "${boundedText(path.join('.'), MAX_WORD_LENGTH)}"` : '';
    return `it has ${difference}${where}`;
  } catch {
    // A getter or a proxy has thrown, or the value is nested too deeply.
    return UNREADABLE;
  }
}

/** Judged by the length of the prototype chain, so that plain values of another realm count as plain. */
export const isPlainObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && prototypesOf(value) <= 1;
const isPlainList = (value: object): boolean => prototypesOf(value) === 2;

function prototypesOf(value: object): number {
  let count = 0;
  for (let proto = Object.getPrototypeOf(value); proto !== null; proto = Object.getPrototypeOf(proto)) {
    count++;
  }
  return count;
}

function inWords(value: unknown): string {
  switch (typeof value) {
    case 'number':
      return Object.is(value, -0) ? '-0' : String(value);
    case 'bigint':
      return 'a BigInt';
    case 'function':
    case 'symbol':
      return `a ${typeof value}`;
    case 'object':
      return `an instance of ${boundedText((value as object).constructor.name, MAX_WORD_LENGTH)}`;
    default:
      return String(value);
  }
}
