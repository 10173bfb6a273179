import { useTexts } from '../../hooks/contexts.ts';
import { choiceTexts } from '../../messages/choiceTexts.ts';
import { getRefusalText, type Refusal } from './refusal.ts';

/** The technical text of a refusal, for a report to somebody who can read it. */
export function RefusalDetails({ refusal }: { refusal: Refusal }) {
  const messages = useTexts(choiceTexts);
  return (
    <details className="rowlock-modal-details">
      <summary>{messages.details()}</summary>
      <p>
        <code>{refusal.code}</code>: <bdi>{getRefusalText(refusal)}</bdi>
      </p>
    </details>
  );
}
