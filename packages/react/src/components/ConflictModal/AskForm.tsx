import { useEffect, useId, useRef, useState } from 'react';
import { useTexts } from '../../hooks/contexts.ts';
import { choiceTexts } from '../../messages/choiceTexts.ts';

/** The server's limit of the message to a holder, in characters. */
const LONGEST_MESSAGE = 300;

interface AskFormProps {
  /** The holder */
  name: string;
  onBack: () => void;
  onSend: (message: string) => void;
}

/** Asks a holder to release, with a message. */
export function AskForm({ name, onBack, onSend }: AskFormProps) {
  const messages = useTexts(choiceTexts);
  const [message, setMessage] = useState('');
  const field = useRef<HTMLTextAreaElement>(null);
  const fieldId = useId();
  useEffect(() => field.current?.focus(), []);
  return (
    <form
      className="rowlock-modal-form"
      onSubmit={(event) => {
        event.preventDefault();
        onSend(message);
      }}
    >
      <label className="rowlock-modal-label" htmlFor={fieldId}>
        {messages.askLabel(name)}
      </label>
      <textarea
        ref={field}
        className="rowlock-modal-field"
        id={fieldId}
        rows={2}
        maxLength={LONGEST_MESSAGE}
        value={message}
        onChange={(event) => setMessage(event.target.value)}
      />
      <div className="rowlock-modal-choices">
        <button type="button" className="rowlock-button" onClick={onBack}>
          {messages.back()}
        </button>
        <span className="rowlock-modal-gap" />
        <button type="submit" className="rowlock-button" data-variant="primary">
          {messages.askSend()}
        </button>
      </div>
    </form>
  );
}
