/** The server in memory: the session of a tab. */
import type { AnswerParts, Answers } from './answerParts.ts';

export const createSessionAnswers = ({
  sessions,
  idleness,
  later,
}: AnswerParts): Answers<'activity' | 'endSession'> => ({
  activity: (tab) => {
    idleness.noteActivity(tab);
    return {};
  },
  endSession: (tab) => {
    sessions.end(tab);
    // After the answer.
    later(() => later(() => tab.end()));
    return {};
  },
});
