import type { RecordChange } from '@rowlock/protocol';
import { useState } from 'react';
import { useAnnouncement } from '../../announcer/useAnnounce.ts';
import type { FieldOf, Side } from '../../core/draft/edits.ts';
import { useTexts } from '../../hooks/contexts.ts';
import { useActorId } from '../../hooks/useActorId.ts';
import type { Draft } from '../../hooks/useDraft.ts';
import { useNow } from '../../hooks/useNow.ts';
import { type StaleTexts, staleTexts } from '../../messages/staleTexts.ts';
import { formatAnyValue } from './formatAnyValue.ts';
import { getChangeFacts } from './getChangeFacts.ts';

/** The part of a draft that the notice needs. */
export type StaleDraft<Row extends object> = Pick<
  Draft<Row>,
  'conflicts' | 'isDirty' | 'keepMine' | 'takeTheirs'
>;

/** A row that others have changed: the result of `useStaleRecord`, or `stale` of `useGuardedMutation`. */
export interface StaleChanges {
  /** Default true */
  isStale?: boolean;
  changes: readonly RecordChange[];
}

export interface StaleNoticeInput<Row extends object> {
  /** The draft of the form, of `useDraft` */
  draft?: StaleDraft<Row> | undefined;
  /** The changes of the row by others: the result of `useStaleRecord`, or `stale` of `useGuardedMutation` */
  stale?: StaleChanges | undefined;
  /** The name of the row, for people. Default "this row" */
  rowLabel?: string | undefined;
  /** The name of a field, for people. Default: the field as it is named in the row */
  fieldLabel?: ((field: FieldOf<Row>) => string) | undefined;
  /** A value, for people. Default: numbers and texts as they are, others as JSON */
  formatValue?: ((value: Row[FieldOf<Row>], field: FieldOf<Row>) => string) | undefined;
}

/** One field that both have changed. */
export interface StaleField {
  field: string;
  label: string;
  base: string;
  mine: string;
  theirs: string;
  /** Undefined while the user has not chosen */
  choice: Side | undefined;
  choose(side: Side): void;
}

export interface StaleNoticeFacts {
  /** Somebody else has changed the row, and the form does not show all of it */
  isShown: boolean;
  /** "Bo has changed Paris" */
  title: string;
  /** When, in Unix ms by the server's clock, if that is known */
  changedAt: number | undefined;
  /** The meaning for this user */
  note: string;
  fields: readonly StaleField[];
  /** How many fields have no choice yet */
  openCount: number;
  takeAllTheirs(): void;
  keepAllMine(): void;
}

const NO_CONFLICTS: never[] = [];
const NO_CHANGES: readonly RecordChange[] = [];

/** The behaviour of `<StaleNotice>`, for notices of your own. It announces the change once. */
export function useStaleNotice<Row extends object>(input: StaleNoticeInput<Row>): StaleNoticeFacts {
  const { draft, stale, rowLabel, fieldLabel = String, formatValue } = input;
  const texts = useTexts(staleTexts);
  const userId = useActorId();
  const conflicts = draft?.conflicts ?? NO_CONFLICTS;
  const isStale = stale !== undefined && stale.isStale !== false;
  const isShown = isStale || conflicts.length > 0;
  const changes = useKnownChanges(isStale ? stale.changes : NO_CHANGES, isShown);
  const { changedAt, ...who } = getChangeFacts(changes, userId);
  const title = texts.staleTitle({ ...who, row: rowLabel });
  const openCount = conflicts.filter(({ choice }) => choice === undefined).length;

  // Its time of day does not change while it is shown, so that it is said once.
  const nowMs = useNow(60_000, isShown);
  const at = changedAt === undefined ? undefined : texts.clockTime(changedAt, nowMs);
  const [said, setSaid] = useState('');
  const name = isShown ? `${changedAt ?? ''} ${conflicts.map(({ field }) => field).join(' ')}` : '';
  const [text, setText] = useState('');
  if (name !== said) {
    setSaid(name);
    setText(isShown ? texts.announceStale(title, at, openCount) : '');
  }
  useAnnouncement(text, { key: 'stale', isFirstSaid: true });

  const format = (value: Row[FieldOf<Row>], field: FieldOf<Row>) =>
    formatValue?.(value, field) ?? formatAnyValue(value, texts);
  return {
    ...{ isShown, title, changedAt, openCount },
    note: getNote(conflicts.length, openCount, draft?.isDirty === true, texts),
    fields: conflicts.map(({ field, base, mine, theirs, choice }) => ({
      ...{ field, label: fieldLabel(field), choice },
      ...{ base: format(base, field), mine: format(mine, field), theirs: format(theirs, field) },
      choose: (side) => (side === 'mine' ? draft?.keepMine(field) : draft?.takeTheirs(field)),
    })),
    takeAllTheirs: () => draft?.takeTheirs(),
    keepAllMine: () => draft?.keepMine(),
  };
}

function getNote(conflictCount: number, openCount: number, isDirty: boolean, texts: StaleTexts): string {
  if (openCount > 0) return texts.staleChoices(openCount, conflictCount);
  if (conflictCount > 0) return texts.staleChosen();
  return isDirty ? texts.staleEditsStay() : texts.staleNothingTyped();
}

/** After the row was loaded again it is no longer stale. While fields of it need a choice, the notice still says who has changed it. */
function useKnownChanges(changes: readonly RecordChange[], isShown: boolean): readonly RecordChange[] {
  const [known, setKnown] = useState(changes);
  const next = changes.length > 0 ? changes : isShown ? known : NO_CHANGES;
  if (next !== known) setKnown(next);
  return next;
}
