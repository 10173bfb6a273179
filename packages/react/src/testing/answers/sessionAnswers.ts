/** The server in memory: the session of a tab. */
import type { AnswerParts, Answers } from './answerParts.ts';

export const createSessionAnswers = ({
  sessions,
  ledger,
  idleness,
  later,
}: AnswerParts): Answers<'activity' | 'endSession'> => ({
  activity: (tab) => {
    idleness.noteActivity(tab);
    return {};
  },
  endSession: (tab) => {
    sessions.end(tab);
    const tabs = [...ledger.tabs].filter(({ sessionId }) => sessionId === tab.sessionId);
    // After the answer.
    later(() =>
      later(() => {
        for (const each of tabs) each.end();
      }),
    );
    return {};
  },
});
