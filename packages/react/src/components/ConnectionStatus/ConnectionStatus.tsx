import { useMessages } from '../../hooks/contexts.ts';
import { useNow } from '../../hooks/useNow.ts';
import { useRowlock } from '../../hooks/useRowlock.ts';
import type { Messages } from '../../messages.ts';
import { classNames } from '../classNames.ts';
import { type ShownConnection, useConnectionStatus } from './useConnectionStatus.ts';

/** Whether what is on screen is live, in a place of its own. */
export function ConnectionStatus({ className }: { className?: string }) {
  const messages = useMessages();
  const { error } = useRowlock();
  const shown = useConnectionStatus();
  const text = textOf(shown, messages);
  return (
    <span
      className={classNames('rowlock-connection', className)}
      data-status={shown.status}
      title={error?.message ?? aboutOf(shown, messages)}
    >
      <span className="rowlock-connection-dot" aria-hidden="true" />
      <span role="status">{text}</span>
      {shown.status === 'reconnecting' && <Elapsed sinceMs={shown.sinceMs} />}
    </span>
  );
}

/** The seconds count on screen only: read aloud, each would interrupt. */
function Elapsed({ sinceMs }: { sinceMs: number }) {
  const messages = useMessages();
  const nowMs = useNow(1_000);
  return (
    <span className="rowlock-connection-elapsed" aria-hidden="true">
      {messages.seconds(nowMs - sinceMs)}
    </span>
  );
}

function textOf(shown: ShownConnection, messages: Messages): string {
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
      throw new TypeError(`unknown connection: ${JSON.stringify(impossible)}`);
    }
  }
}

function aboutOf(shown: ShownConnection, messages: Messages): string | undefined {
  if (shown.status === 'live') return messages.aboutLive();
  if (shown.status === 'reconnecting') return messages.aboutReconnecting();
  return shown.status === 'uncertain' ? messages.aboutUncertain() : undefined;
}
