/** The server in memory: the session of a tab. */
import type { AnswerParts, Answers } from './answerParts.ts';

export const createSessionAnswers = ({ sessions, later }: AnswerParts): Answers<'endSession'> => ({
  endSession: (tab) => {
    sessions.end(tab);
    // After the answer.
    later(() => later(() => tab.end()));
    return {};
  },
});
