import type { ComponentPropsWithoutRef } from 'react';
import { useTexts } from '../../hooks/contexts.ts';
import { useNow } from '../../hooks/useNow.ts';
import { staleTexts } from '../../messages/staleTexts.ts';
import { joinClassName } from '../className.ts';
import { Icon } from '../Icon.tsx';
import type { StaleNoticeFacts } from './useStaleNotice.ts';

export interface StaleNoticeHeadProps extends Omit<ComponentPropsWithoutRef<'header'>, 'children'> {
  /** Of `useStaleNotice` */
  notice: StaleNoticeFacts;
}

/** A part of `<StaleNotice>`: its title with the time of the change, and the meaning for the user. */
export function StaleNoticeHead({ notice, className, ...rest }: StaleNoticeHeadProps) {
  const texts = useTexts(staleTexts);
  const nowMs = useNow(15_000);
  const { title, changedAt, note } = notice;
  return (
    <header {...rest} className={joinClassName('rowlock-stale-head', className, {})}>
      <span className="rowlock-stale-shape">
        <Icon name="clock" />
      </span>
      <div className="rowlock-stale-words">
        <p className="rowlock-stale-title">
          <bdi>{title}</bdi>
          {changedAt !== undefined && (
            <time
              className="rowlock-stale-time"
              dateTime={new Date(changedAt).toISOString()}
              title={texts.exactTime(changedAt)}
            >
              {texts.ago(changedAt, nowMs)}
            </time>
          )}
        </p>
        <p className="rowlock-stale-note">{note}</p>
      </div>
    </header>
  );
}
