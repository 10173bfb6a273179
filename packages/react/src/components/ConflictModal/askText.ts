import type { ChoiceTexts } from '../../messages/choiceTexts.ts';
import type { AskState } from './useReleaseAsk.ts';

/** How a question to a holder stands. Empty if nothing was asked. */
export function getAskText(state: AskState, messages: ChoiceTexts): string {
  switch (state.kind) {
    case 'none':
      return '';
    case 'open':
      return messages.askOpen(state.name);
    case 'answered':
      return messages.askAnswer(state.name, state.answer);
    case 'failed':
      return messages.askFailed();
    default: {
      const impossible: never = state;
      throw new TypeError(`Impossible state of a question: ${JSON.stringify(impossible)}.`);
    }
  }
}
