/** The texts of `<StaleNotice>`. */
import type { CommonTexts } from './commonTexts.ts';

export interface StaleTitleFacts {
  /** The names of those who have changed the row. Empty if nobody knows */
  names: readonly string[];
  /** The user has done so in another tab */
  isMe: boolean;
  /** Only tasks have changed it. `names`: on whose behalf */
  isTask: boolean;
  /** The row's name, if the application gives one */
  row: string | undefined;
}

export interface StaleTexts {
  staleTitle(facts: StaleTitleFacts): string;
  /** The user has still to choose in `open` of the `total` fields that both have changed */
  staleChoices(open: number, total: number): string;
  staleChosen(): string;
  staleEditsStay(): string;
  staleNothingTyped(): string;
  announceStale(title: string, at: string | undefined, open: number): string;
  loadNewValues(): string;
  keepMine(): string;
  takeAllTheirs(): string;
  keepAllMine(): string;
  theirValue(): string;
  myValue(): string;
  emptyValue(): string;
  yesOrNo(value: boolean): string;
}

export const staleTexts = ({ number, list }: CommonTexts): StaleTexts => ({
  staleTitle({ names, isMe, isTask, row = 'this row' }) {
    if (isMe) return `You have changed ${row} in another tab`;
    if (isTask)
      return names.length > 0 ? `A task of ${list(names)} has changed ${row}` : `A task has changed ${row}`;
    if (names.length > 0) return `${list(names)} ${names.length === 1 ? 'has' : 'have'} changed ${row}`;
    return `${row === 'this row' ? 'This row' : row} has changed`;
  },
  staleChoices(open, total) {
    if (open < total)
      return `${number(open)} of ${number(total)} fields still ${open === 1 ? 'needs' : 'need'} your choice.`;
    if (total === 1) return 'You have both changed 1 field. Choose the value to save.';
    return `You have both changed ${number(total)} fields. Choose the values to save.`;
  },
  staleChosen: () => 'Save to keep these values.',
  staleEditsStay: () => 'Your edits stay in the form.',
  staleNothingTyped: () => 'The form shows the values from before.',
  announceStale(title, at, open) {
    const when = at === undefined ? '' : ` at ${at}`;
    return `${title}${when}.${open > 0 ? ` ${open === 1 ? '1 field needs' : `${number(open)} fields need`} your choice.` : ''}`;
  },
  loadNewValues: () => 'Load the new values',
  keepMine: () => 'Keep mine',
  takeAllTheirs: () => 'Take all theirs',
  keepAllMine: () => 'Keep all mine',
  theirValue: () => 'Theirs',
  myValue: () => 'Mine',
  emptyValue: () => 'Empty',
  yesOrNo: (value) => (value ? 'Yes' : 'No'),
});
