/** The answers of the server in memory to the messages of a tab. */
import type { Ack, ClientMessage, ClientMessageName } from '@rowlock/protocol';
import type { MemoryTab } from '../memoryTab.ts';
import { type AnswerParts, type Answers, Refusal } from './answerParts.ts';
import { createLeaseAnswers } from './leaseAnswers.ts';
import { createTaskAnswers } from './taskAnswers.ts';
import { createWatchAnswers } from './watchAnswers.ts';

/** Answers one message, with an error if it is refused. */
export type AnswerTo = <N extends ClientMessageName>(
  tab: MemoryTab,
  name: N,
  message: ClientMessage<N>,
) => Ack<N>;

export function createAnswerTo(parts: AnswerParts): AnswerTo {
  const answers: Answers<ClientMessageName> = {
    ...createWatchAnswers(parts),
    ...createLeaseAnswers(parts),
    ...createTaskAnswers(parts),
  };
  return (tab, name, message) => {
    try {
      return { ok: true, ...answers[name](tab, message) };
    } catch (error) {
      if (error instanceof Refusal) return { ok: false, error: error.body };
      throw error;
    }
  };
}
