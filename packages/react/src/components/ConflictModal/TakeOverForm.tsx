import type { Conflict } from '@rowlock/protocol';
import { useEffect, useId, useRef, useState } from 'react';
import type { RowlockClientError } from '../../core/rowlockClientError.ts';
import { useTexts } from '../../hooks/contexts.ts';
import { useRowlock } from '../../hooks/useRowlock.ts';
import { choiceTexts } from '../../messages/choiceTexts.ts';
import { RefusalDetails } from './RefusalDetails.tsx';
import type { ConflictLock } from './refusal.ts';

/** The server's limit of a reason, in characters. */
const LONGEST_REASON = 300;

interface TakeOverFormProps {
  /** The leases that would end */
  conflicts: readonly Conflict[];
  takeOver: ConflictLock['takeOver'];
  onBack: () => void;
  onTaken: () => void;
}

/** Asks for the reason, and shows what the other person will see, before anything is taken. */
export function TakeOverForm({ conflicts, takeOver, onBack, onTaken }: TakeOverFormProps) {
  const messages = useTexts(choiceTexts);
  const { actor } = useRowlock();
  const [reason, setReason] = useState('');
  const [isMissing, setMissing] = useState(false);
  const [isBusy, setBusy] = useState(false);
  const [failure, setFailure] = useState<RowlockClientError>();
  const field = useRef<HTMLTextAreaElement>(null);
  const fieldId = useId();
  const previewId = useId();
  const errorId = useId();
  useEffect(() => field.current?.focus(), []);
  const names = [...new Set(conflicts.map(({ lease }) => lease.holder.actor.name))];

  const submit = async () => {
    if (reason.trim() === '') {
      setMissing(true);
      field.current?.focus();
      return;
    }
    setFailure(undefined);
    setBusy(true);
    const outcome = await takeOver({ reason: reason.trim() });
    setBusy(false);
    if (outcome.ok) onTaken();
    else setFailure(outcome.error);
  };
  return (
    <form
      className="rowlock-modal-form"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        if (!isBusy) void submit();
      }}
    >
      <label className="rowlock-modal-label" htmlFor={fieldId}>
        {messages.takeOverLabel()}
      </label>
      <textarea
        ref={field}
        className="rowlock-modal-field"
        id={fieldId}
        rows={2}
        required
        maxLength={LONGEST_REASON}
        aria-invalid={isMissing || undefined}
        aria-describedby={isMissing ? `${errorId} ${previewId}` : previewId}
        value={reason}
        onChange={(event) => {
          setReason(event.target.value);
          setMissing(false);
        }}
      />
      {isMissing && (
        <p id={errorId} className="rowlock-modal-failure">
          {messages.takeOverReasonMissing()}
        </p>
      )}
      <p id={previewId} className="rowlock-modal-preview">
        {messages.takeOverPreview(names, actor?.name ?? '', reason.trim())}
      </p>
      {failure && (
        <div role="alert" className="rowlock-modal-failure">
          {messages.takeOverFailed()} <RefusalDetails refusal={failure} />
        </div>
      )}
      <div className="rowlock-modal-choices">
        <button type="button" className="rowlock-button" onClick={onBack}>
          {messages.back()}
        </button>
        <span className="rowlock-modal-gap" />
        <button type="submit" className="rowlock-button" data-variant="danger" aria-disabled={isBusy}>
          {messages.takeOverConfirm()}
        </button>
      </div>
    </form>
  );
}
