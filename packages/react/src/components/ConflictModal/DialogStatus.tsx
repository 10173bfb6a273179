import type { ReactNode } from 'react';
import { useTexts } from '../../hooks/contexts.ts';
import { choiceTexts } from '../../messages/choiceTexts.ts';
import { Icon } from '../Icon.tsx';
import { getAskText } from './askText.ts';
import { RefusalDetails } from './RefusalDetails.tsx';
import type { ConflictDialog } from './useConflictModal.ts';
import type { AskState } from './useReleaseAsk.ts';

interface DialogStatusProps {
  dialog: ConflictDialog;
  ask: AskState;
  /** When the rows will be free */
  forecast: ReactNode;
  /** Empty while the dialog is certain */
  staleNote: string;
}

/** How the wait, the question to a holder, or the refusal stands. */
export function DialogStatus({ dialog, ask, forecast, staleNote }: DialogStatusProps) {
  const messages = useTexts(choiceTexts);
  const { wait, refusal } = dialog;
  const askText = getAskText(ask, messages);
  return (
    <>
      {forecast}
      <div className="rowlock-modal-status">
        {wait && (
          <p className="rowlock-modal-wait">
            <Icon name="clock" />
            <span>
              <strong>{messages.waitPosition(wait.position)}</strong> {messages.waitNote()}
            </span>
          </p>
        )}
        {askText !== '' && (
          <p className="rowlock-modal-ask" data-answer={ask.kind === 'answered' ? ask.answer : ask.kind}>
            <Icon name={ask.kind === 'answered' && ask.answer === 'released' ? 'tick' : 'question'} />
            <span>{askText}</span>
          </p>
        )}
        {refusal && <RefusalDetails refusal={refusal} />}
        {ask.kind === 'failed' && <RefusalDetails refusal={ask.error} />}
      </div>
      <p className="rowlock-modal-stale">{staleNote}</p>
    </>
  );
}
