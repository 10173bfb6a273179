import { type ComponentPropsWithoutRef, forwardRef } from 'react';
import { useMessages } from '../../hooks/contexts.ts';
import { useNow } from '../../hooks/useNow.ts';
import { useRowlock } from '../../hooks/useRowlock.ts';
import type { Messages } from '../../messages.ts';
import { type ClassName, joinClassName } from '../className.ts';
import { connectionStatusAttributes as attributes } from './dataAttributes.ts';
import { type ShownConnection, useConnectionStatus } from './useConnectionStatus.ts';

export interface ConnectionStatusState {
  status: ShownConnection['status'];
}

export type ConnectionStatusProps = Omit<ComponentPropsWithoutRef<'span'>, 'className' | 'children'> & {
  className?: ClassName<ConnectionStatusState>;
};

/** Shows whether the page is live. It keeps its place. */
export const ConnectionStatus = forwardRef<HTMLSpanElement, ConnectionStatusProps>(function ConnectionStatus(
  { className, ...rest },
  ref,
) {
  const messages = useMessages();
  const { error } = useRowlock();
  const shown = useConnectionStatus();
  return (
    <span
      title={error?.message ?? getTitle(shown, messages)}
      {...rest}
      ref={ref}
      className={joinClassName('rowlock-connection', className, { status: shown.status })}
      {...{ [attributes.status]: shown.status }}
    >
      <span className="rowlock-connection-dot" aria-hidden="true" />
      <span role="status">{getText(shown, messages)}</span>
      {shown.status === 'reconnecting' && <Elapsed sinceMs={shown.sinceMs} />}
    </span>
  );
});

/** Counts seconds on screen only. Read aloud, each of them would interrupt. */
function Elapsed({ sinceMs }: { sinceMs: number }) {
  const messages = useMessages();
  const nowMs = useNow(1_000);
  return (
    <span className="rowlock-connection-elapsed" aria-hidden="true">
      {messages.seconds(nowMs - sinceMs)}
    </span>
  );
}

function getText(shown: ShownConnection, messages: Messages): string {
  switch (shown.status) {
    case 'pending':
      return '';
    case 'connecting':
      return messages.connecting();
    case 'live':
      return messages.live();
    case 'uncertain':
      return messages.uncertain();
    case 'reconnecting':
      return messages.reconnecting();
    case 'refused':
      return messages.refused();
    default: {
      const impossible: never = shown;
      throw new TypeError(`Unknown connection: ${JSON.stringify(impossible)}.`);
    }
  }
}

function getTitle(shown: ShownConnection, messages: Messages): string | undefined {
  if (shown.status === 'live') return messages.aboutLive();
  if (shown.status === 'reconnecting') return messages.aboutReconnecting();
  return shown.status === 'uncertain' ? messages.aboutUncertain() : undefined;
}
