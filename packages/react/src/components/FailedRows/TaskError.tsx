import { useTexts } from '../../hooks/contexts.ts';
import { outcomeTexts } from '../../messages/outcomeTexts.ts';
import { isReadable } from '../taskOutcome.ts';

/** Words for people first. Everything that only helps to repair the task is folded. */
export function TaskError({ error, explained }: { error: string; explained: string | undefined }) {
  const messages = useTexts(outcomeTexts);
  const words = explained ?? (isReadable(error) ? error : undefined);
  return (
    <>
      {words !== undefined && <p className="rowlock-outcome-error">{words}</p>}
      {words !== error && (
        <details className="rowlock-outcome-details">
          <summary>{messages.errorDetails()}</summary>
          <pre className="rowlock-outcome-technical">{error}</pre>
        </details>
      )}
    </>
  );
}
