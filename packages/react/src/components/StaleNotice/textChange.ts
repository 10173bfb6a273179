/** The difference between two texts, word by word. Only longer texts have one: of short ones both are read faster in full. */
import { diffWordsWithSpace } from 'diff';

export interface TextPart {
  text: string;
  kind: 'same' | 'added' | 'removed';
  /** Where it begins in the text of all parts */
  at: number;
}

const SHORTEST = 60;
/** Beyond this the comparison takes too long for a page. */
const LONGEST = 10_000;

/** Undefined if the texts are short, far too long, or have little in common. */
export function getTextChange(before: string, after: string): TextPart[] | undefined {
  const longer = Math.max(before.length, after.length);
  if (longer < SHORTEST || longer > LONGEST || before === after) return undefined;
  let at = 0;
  const parts = diffWordsWithSpace(before, after).map(({ value, added, removed }): TextPart => {
    const part = { text: value, kind: getKind(added, removed), at };
    at += value.length;
    return part;
  });
  const common = parts.reduce((sum, { kind, text }) => (kind === 'same' ? sum + text.length : sum), 0);
  return common * 3 > longer ? parts : undefined;
}

const getKind = (isAdded: boolean, isRemoved: boolean): TextPart['kind'] => {
  if (isAdded) return 'added';
  return isRemoved ? 'removed' : 'same';
};
