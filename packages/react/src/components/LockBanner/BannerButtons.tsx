import type { ReactNode } from 'react';
import { useTexts } from '../../hooks/contexts.ts';
import { choiceTexts } from '../../messages/choiceTexts.ts';
import { conflictTexts } from '../../messages/conflictTexts.ts';
import { lockBannerTexts } from '../../messages/lockBannerTexts.ts';
import type { BannerLock, BannerView } from './bannerView.ts';

interface BannerButtonsProps {
  view: BannerView;
  lock: BannerLock;
  /** The holder is another tab of the user */
  isMe: boolean;
  canAsk: boolean;
  actions: ReactNode;
  onOpen: (dialog: 'details' | 'ask') => void;
}

/** The choices in a line. All others are in the dialog. */
export function BannerButtons({ view, lock, isMe, canAsk, actions, onOpen }: BannerButtonsProps) {
  const messages = { ...useTexts(lockBannerTexts), ...useTexts(choiceTexts), ...useTexts(conflictTexts) };
  const isPerson = view.kind === 'blocked' && view.conflict.lease.holder.type === 'person';
  return (
    <div className="rowlock-lock-banner-buttons">
      {view.kind === 'blocked' && isPerson && !isMe && canAsk && (
        <Button onPress={() => onOpen('ask')}>{messages.ask(view.conflict.lease.holder.actor.name)}</Button>
      )}
      {view.kind === 'blocked' && isMe && isPerson && (
        <Button onPress={() => void lock.takeOver({ reason: messages.editHereReason() })}>
          {messages.editHere()}
        </Button>
      )}
      {view.kind === 'blocked' && !(isMe && isPerson) && (
        <Button onPress={() => void lock.waitInLine()}>{messages.wait()}</Button>
      )}
      {view.kind === 'waiting' && (
        <Button onPress={() => void lock.stopWaiting()}>{messages.stopWaiting()}</Button>
      )}
      {view.kind === 'free' && <Button onPress={() => void lock.acquire()}>{messages.continueNow()}</Button>}
      {view.kind === 'lost' && <Button onPress={() => void lock.acquire()}>{messages.editAgain()}</Button>}
      {actions}
      {view.kind !== 'free' && view.kind !== 'lost' && (
        <Button onPress={() => onOpen('details')}>{messages.details()}</Button>
      )}
    </div>
  );
}

/** `data-rowlock-usable`: also inside of a `<LockedFieldset>`, which is read only then. */
function Button({ onPress, children }: { onPress: () => void; children: ReactNode }) {
  return (
    <button type="button" className="rowlock-button" data-rowlock-usable="" onClick={onPress}>
      {children}
    </button>
  );
}
