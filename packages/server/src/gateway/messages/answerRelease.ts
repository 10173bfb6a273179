/** `answerRelease`: the session that holds the lease answers a release request. */
import type { ReleaseRequests } from '../releaseRequests.ts';
import type { Handler } from './handler.ts';

export const createAnswerRelease = ({
  releaseRequests,
}: {
  releaseRequests: Pick<ReleaseRequests, 'answer'>;
}): Handler<'answerRelease'> => ({
  handle: (session, answered) =>
    session.inOrder(async () => ({ answer: await releaseRequests.answer(session, answered) })),
});
