import { type ComponentPropsWithoutRef, forwardRef, type ReactElement, type RefAttributes } from 'react';
import { useTexts } from '../../hooks/contexts.ts';
import { staleTexts } from '../../messages/staleTexts.ts';
import { type ClassName, joinClassName } from '../className.ts';
import { flag } from '../flag.ts';
import { staleNoticeAttributes as attributes } from './dataAttributes.ts';
import { StaleNoticeFields } from './StaleNoticeFields.tsx';
import { StaleNoticeHead } from './StaleNoticeHead.tsx';
import { useReturnedFocus } from './useReturnedFocus.ts';
import { type StaleNoticeInput, useStaleNotice } from './useStaleNotice.ts';

export interface StaleNoticeState {
  /** The user has to choose in some fields */
  isOpen: boolean;
}

type SectionProps = Omit<ComponentPropsWithoutRef<'section'>, 'className' | 'children'>;

export interface StaleNoticeProps<Row extends object> extends SectionProps, StaleNoticeInput<Row> {
  /** Loads the row again. While nothing is in conflict, a button offers it */
  onReload?: (() => void) | undefined;
  /** Saves the values of this user, whatever others have changed: `keepMine` of `useGuardedMutation`. For forms without a draft */
  onKeepMine?: (() => unknown) | undefined;
  className?: ClassName<StaleNoticeState>;
}

/**
 * Somebody else has changed the row of a form: who and when, and for each field that both have changed, both values and a choice. It
 * shows nothing otherwise. Put it after the fields: it stays in sight at the end of the form, and moves none of them.
 */
export const StaleNotice = forwardRef<HTMLElement, StaleNoticeProps<object>>(function StaleNotice(
  { draft, stale, rowLabel, fieldLabel, formatValue, onReload, onKeepMine, className, ...rest },
  ref,
) {
  const texts = useTexts(staleTexts);
  const notice = useStaleNotice({ draft, stale, rowLabel, fieldLabel, formatValue });
  const focus = useReturnedFocus(notice.isShown);
  if (!notice.isShown) return null;
  const isOpen = notice.openCount > 0;
  const hasFields = notice.fields.length > 0;
  return (
    <section
      aria-label={notice.title}
      {...rest}
      {...focus}
      ref={ref}
      className={joinClassName('rowlock-stale', className, { isOpen })}
      {...{ [attributes.open]: flag(isOpen) }}
    >
      <StaleNoticeHead notice={notice} />
      {hasFields && <StaleNoticeFields fields={notice.fields} />}
      <div className="rowlock-stale-actions">
        {hasFields && (
          <>
            <ActionButton label={texts.takeAllTheirs()} onPress={notice.takeAllTheirs} />
            <ActionButton label={texts.keepAllMine()} onPress={notice.keepAllMine} />
          </>
        )}
        {!hasFields && onReload && <ActionButton label={texts.loadNewValues()} onPress={onReload} />}
        {!hasFields && onKeepMine && <ActionButton label={texts.keepMine()} onPress={onKeepMine} />}
      </div>
    </section>
  );
}) as <Row extends object>(props: StaleNoticeProps<Row> & RefAttributes<HTMLElement>) => ReactElement | null;

function ActionButton({ label, onPress }: { label: string; onPress: () => unknown }) {
  return (
    <button type="button" className="rowlock-button" onClick={() => void onPress()}>
      {label}
    </button>
  );
}
