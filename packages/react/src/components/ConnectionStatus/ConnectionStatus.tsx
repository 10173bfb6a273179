import { type ComponentPropsWithoutRef, forwardRef } from 'react';
import { useAnnouncement } from '../../announcer/useAnnounce.ts';
import { useTexts } from '../../hooks/contexts.ts';
import { useNow } from '../../hooks/useNow.ts';
import { useRowlock } from '../../hooks/useRowlock.ts';
import type { CommonTexts } from '../../messages/commonTexts.ts';
import { type ConnectionTexts, connectionTexts } from '../../messages/connectionTexts.ts';
import { type ClassName, joinClassName } from '../className.ts';
import { connectionStatusAttributes as attributes } from './dataAttributes.ts';
import type { ReconnectReason, RefusalReason, ShownConnection } from './getShownConnection.ts';
import { useConnectionStatus } from './useConnectionStatus.ts';

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
  const messages = useTexts(connectionTexts);
  const { error } = useRowlock();
  const shown = useConnectionStatus();
  const text = getText(shown, messages);
  useAnnouncement(shown.status === 'connecting' ? '' : text, { key: 'connection' });
  return (
    <span
      title={getTitle(shown, messages, error?.message)}
      {...rest}
      ref={ref}
      className={joinClassName('rowlock-connection', className, { status: shown.status })}
      {...{ [attributes.status]: shown.status }}
    >
      <span className="rowlock-connection-dot" aria-hidden="true" />
      <span>{text}</span>
      {shown.status === 'reconnecting' && <Elapsed sinceMs={shown.sinceMs} />}
    </span>
  );
});

/** Counts seconds on screen only. Read aloud, each of them would interrupt. */
function Elapsed({ sinceMs }: { sinceMs: number }) {
  const messages = useTexts(connectionTexts);
  const nowMs = useNow(1_000);
  return (
    <span className="rowlock-connection-elapsed" aria-hidden="true">
      {messages.seconds(nowMs - sinceMs)}
    </span>
  );
}

function getText(shown: ShownConnection, messages: CommonTexts & ConnectionTexts): string {
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
      return getReconnectingText(shown.reason, messages);
    case 'refused':
      return getRefusalText(shown.reason, messages);
    default: {
      const impossible: never = shown;
      throw new TypeError(`Unknown connection: ${JSON.stringify(impossible)}.`);
    }
  }
}

function getReconnectingText(reason: ReconnectReason, messages: CommonTexts & ConnectionTexts): string {
  switch (reason) {
    case 'lost':
      return messages.reconnecting();
    case 'offline':
      return messages.offline();
    case 'unreachable':
      return messages.unreachable();
    default: {
      const impossible: never = reason;
      throw new TypeError(`Unknown reason: ${JSON.stringify(impossible)}.`);
    }
  }
}

function getRefusalText(reason: RefusalReason, messages: CommonTexts & ConnectionTexts): string {
  switch (reason) {
    case 'signed-out':
      return messages.signedOut();
    case 'no-access':
      return messages.noAccess();
    case 'outdated':
      return messages.outdated();
    case 'other':
      return messages.refused();
    default: {
      const impossible: never = reason;
      throw new TypeError(`Unknown reason: ${JSON.stringify(impossible)}.`);
    }
  }
}

/** The reason in words for the person who can change it. */
function getTitle(
  shown: ShownConnection,
  messages: CommonTexts & ConnectionTexts,
  reason?: string,
): string | undefined {
  switch (shown.status) {
    case 'live':
      return messages.aboutLive();
    case 'uncertain':
      return messages.aboutUncertain();
    case 'reconnecting':
      if (shown.reason === 'offline') return messages.aboutOffline();
      return reason ?? messages.aboutReconnecting();
    default:
      return reason;
  }
}
