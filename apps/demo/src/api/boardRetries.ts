/**
 * Trying again in bull-board: a new task, through all of Rowlock's checks, in the name of who asks. These routes stand before
 * bull-board's own of the same names, which would put the job of an ended task back into the queue for a worker to refuse.
 */
import { ERRORS } from '@rowlock/protocol';
import { type Actor, QUEUE_NAME, RowlockError, type Tasks } from '@rowlock/server';
import type { Queue } from 'bullmq';
import { type ErrorRequestHandler, Router } from 'express';
import { userOf } from './signedIn.ts';

const QUEUE_ROUTE = `/api/queues/${QUEUE_NAME}`;

export function boardRetries(queue: Queue, tasks: Pick<Tasks, 'retry'>): Router {
  /** The new task's job stands for the old one, which leaves the board, as with any job that is tried again. */
  async function retry(id: string, { id: actorId, name }: Actor): Promise<void> {
    await tasks.retry(id, { actor: { id: actorId, name } });
    // Where this does not come to pass, the old one stays among the failed, and does no harm there.
    const former = await queue.getJob(id);
    await former?.remove();
  }

  return Router()
    .put(`${QUEUE_ROUTE}/:jobId/retry`, async (req, res) => {
      await retry(req.params.jobId, userOf(res));
      res.status(204).end();
    })
    .put(`${QUEUE_ROUTE}/retry/:status`, async (req, res) => {
      if (req.params.status !== 'failed') {
        throw new RowlockError(
          'bad_request',
          'Only failed tasks can be tried again. Launch completed ones anew.',
        );
      }
      const refusals: RowlockError[] = [];
      // The oldest first; the queue keeps 200 at the most.
      const failed = await queue.getJobs(['failed'], 0, -1, true);
      for (const { id } of failed) {
        try {
          await retry(id!, userOf(res));
        } catch (error) {
          if (!isRefusal(error)) throw error;
          refusals.push(error);
        }
      }
      const [first] = refusals;
      // Told as an error, since the page takes what was skipped for jobs that Redis has lost.
      if (first) throw new RowlockError(first.code, inSum(failed.length, refusals));
      res.json({ retried: failed.length, skipped: 0 });
    })
    .use(inTheBoardsWords);
}

/** Of this task alone: its rows are held, or it is not known any more. */
const isRefusal = (error: unknown): error is RowlockError =>
  error instanceof RowlockError && error.code !== 'unavailable';

const inSum = (total: number, refusals: readonly RowlockError[]) =>
  `${total - refusals.length} of ${total} were tried again, and ${refusals.length} not. The first of these: ${refusals[0]?.message}`;

/** bull-board's page shows `message` below a headline, which it looks up by `key`, or shows as it is. */
const inTheBoardsWords: ErrorRequestHandler = (error: unknown, _req, res, next) => {
  if (!(error instanceof RowlockError)) return next(error);
  res.status(ERRORS[error.code].status).json({ error: { key: 'Not tried again' }, message: error.message });
};
