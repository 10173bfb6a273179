/** `requestRelease`: asks the holder of a lease to release it. */
import type { Permissions } from '../../permissions.ts';
import { requireAcquire } from '../../requireAcquire.ts';
import type { ReleaseRequests } from '../releaseRequests.ts';
import type { Handler } from './handler.ts';

export const createRequestRelease = ({
  releaseRequests,
  permissions,
}: {
  releaseRequests: Pick<ReleaseRequests, 'ask'>;
  permissions: Pick<Permissions, 'assertLockable' | 'require'>;
}): Handler<'requestRelease'> => ({
  async handle(session, asked) {
    await requireAcquire(permissions, session, asked);
    const { requestId, answerBy, answer } = await releaseRequests.ask(session, asked);
    return { requestId, answerBy, ...(answer && { answer }) };
  },
});
