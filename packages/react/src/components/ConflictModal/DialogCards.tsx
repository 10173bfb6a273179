import type { Conflict, RecordKey, TaskView } from '@rowlock/protocol';
import { useTexts } from '../../hooks/contexts.ts';
import { choiceTexts } from '../../messages/choiceTexts.ts';
import { HolderCard } from './HolderCard.tsx';

interface Card {
  conflict: Conflict;
  isInForce: boolean;
}

export interface DialogCardsProps {
  cards: readonly Card[];
  titleId: string;
  recordLabel: ((record: RecordKey) => string) | undefined;
  onAsk?: (conflict: Conflict) => void;
  canCancelTask: ((task: TaskView) => boolean) | undefined;
}

/** The holders: those who still block rows, and folded those who have finished. If all have, they are shown. */
export function DialogCards({ cards, titleId, ...shared }: DialogCardsProps) {
  const messages = useTexts(choiceTexts);
  if (cards.length === 0) return null;
  const inForce = cards.filter((card) => card.isInForce);
  const ended = cards.filter((card) => !card.isInForce);
  const shown = inForce.length > 0 ? inForce : ended.slice(0, 1);
  const folded = inForce.length > 0 ? ended : ended.slice(1);
  const show = (list: readonly Card[]) =>
    list.map((card) => (
      <li key={card.conflict.lease.id}>
        <HolderCard {...card} {...shared} />
      </li>
    ));
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling list must be reachable by keyboard
    <section className="rowlock-modal-cards" tabIndex={0} aria-labelledby={titleId}>
      <ul className="rowlock-modal-list">{show(shown)}</ul>
      {folded.length > 0 && (
        <details className="rowlock-modal-ended">
          <summary className="rowlock-modal-summary">{messages.endedHolders(folded.length)}</summary>
          <ul className="rowlock-modal-list">{show(folded)}</ul>
        </details>
      )}
    </section>
  );
}
