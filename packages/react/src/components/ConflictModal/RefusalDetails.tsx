import { useTexts } from '../../hooks/contexts.ts';
import { choiceTexts } from '../../messages/choiceTexts.ts';
import { getRefusalText, type Refusal } from './refusal.ts';

/** The technical text of a refusal, for a report to somebody who can read it. */
export function RefusalDetails({ refusal }: { refusal: Refusal }) {
  const messages = useTexts(choiceTexts);
  return (
    <details className="rowlock-modal-details">
      <summary className="rowlock-modal-summary">{messages.details()}</summary>
      <p className="rowlock-modal-technical">
        <code className="rowlock-modal-code">{refusal.code}</code>: <bdi>{getRefusalText(refusal)}</bdi>
      </p>
    </details>
  );
}
