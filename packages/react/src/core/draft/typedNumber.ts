/** Numbers as people type them, and as lists of their language write them. */

/**
 * The number that a text means in a language: `'8,836'` in English, `'8.836,5'` in German. Spaces between digits and a typographic
 * minus are accepted. Undefined if it is no number, or is written in another way.
 */
export function parseTypedNumber(text: string, locale: string): number | undefined {
  const { group, decimal } = getSeparators(locale);
  const compact = text
    .trim()
    .replace(/[\s  ]/g, '')
    .replace(/^[−–]/, '-');
  const [whole = '', fraction, ...rest] = compact.split(decimal);
  if (rest.length > 0) return undefined;
  const digits = removeGroups(whole, group);
  const plain = fraction === undefined ? digits : `${digits}.${fraction}`;
  return digits !== undefined && /^-?(\d+(\.\d*)?|\.\d+)$/.test(plain ?? '') ? Number(plain) : undefined;
}

/** For `isSame` of `useDraft`: two texts, or a text and a number, that mean the same number in that language. */
export function isSameTypedNumber(a: unknown, b: unknown, locale: string): boolean {
  const [left, right] = [toNumber(a, locale), toNumber(b, locale)];
  return left === undefined || right === undefined ? Object.is(a, b) : left === right;
}

const toNumber = (value: unknown, locale: string): number | undefined =>
  typeof value === 'number' ? value : typeof value === 'string' ? parseTypedNumber(value, locale) : undefined;

/** The last group has three digits, the others two (in India) or three. `1,5` with a wrong separator is not 15. */
function removeGroups(whole: string, group: string): string | undefined {
  const parts = whole.split(group);
  if (parts.length === 1) return whole;
  const isGrouped = parts.every((part, index) => {
    if (index === 0) return /^-?\d{1,3}$/.test(part);
    return index === parts.length - 1 ? /^\d{3}$/.test(part) : /^\d{2,3}$/.test(part);
  });
  return isGrouped ? parts.join('') : undefined;
}

function getSeparators(locale: string): { group: string; decimal: string } {
  const parts = new Intl.NumberFormat(locale, { useGrouping: true }).formatToParts(-1_234_567.5);
  const find = (type: string) => parts.find((part) => part.type === type)?.value;
  return { group: find('group') ?? ',', decimal: find('decimal') ?? '.' };
}
