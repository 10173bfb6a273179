import { forwardRef } from 'react';
import { useAnnouncement } from '../../announcer/useAnnounce.ts';
import { useTexts } from '../../hooks/contexts.ts';
import { choiceTexts } from '../../messages/choiceTexts.ts';
import { AskingConflictModal } from './AskingConflictModal.tsx';
import { getAskText } from './askText.ts';
import type { ConflictModalProps } from './conflictModalProps.ts';
import { useReleaseAsk } from './useReleaseAsk.ts';

/** Shows which rows are blocked, by whom, how far that has come, live, and what the user can do. */
export const ConflictModal = forwardRef<HTMLDialogElement, ConflictModalProps>(
  function ConflictModal(props, ref) {
    const { lock, onRetryWhenFree } = props;
    const ask = useReleaseAsk(lock ? () => void lock.acquire() : onRetryWhenFree);
    const messages = useTexts(choiceTexts);
    useAnnouncement(getAskText(ask.state, messages), { key: 'release-ask' });
    return <AskingConflictModal {...props} ref={ref} ask={ask} />;
  },
);
