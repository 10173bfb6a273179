/**
 * Retries in bull-board. A retry launches a new task through all of Rowlock's checks, for the user who asked. These
 * routes replace those of bull-board, which would queue the job of an ended task again for a worker to refuse.
 */
import { ERRORS } from '@rowlock/protocol';
import { type Actor, QUEUE_NAME, RowlockError, type Tasks } from '@rowlock/server';
import type { Queue } from 'bullmq';
import { type ErrorRequestHandler, Router } from 'express';
import { userOf } from './signedIn.ts';

const QUEUE_ROUTE = `/api/queues/${QUEUE_NAME}`;

export function boardRetries(queue: Queue, tasks: Pick<Tasks, 'retry'>): Router {
  /** The job of the new task replaces the old job on the board. */
  async function retry(id: string, { id: actorId, name }: Actor): Promise<void> {
    await tasks.retry(id, { actor: { id: actorId, name } });
    // If this fails, the old job stays among the failed ones, which does no harm.
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
          'Only failed tasks can be retried. To repeat a completed task, launch it again.',
        );
      }
      const refusals: RowlockError[] = [];
      // The oldest first. The queue keeps at most 200.
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
      // An error, because the page shows skipped jobs as jobs that Redis has lost.
      if (first) throw new RowlockError(first.code, summarise(failed.length, refusals));
      res.json({ retried: failed.length, skipped: 0 });
    })
    .use(answerForBoard);
}

/** Whether the error concerns this task alone: others hold its rows, or Rowlock no longer knows it. */
const isRefusal = (error: unknown): error is RowlockError =>
  error instanceof RowlockError && error.code !== 'unavailable';

const summarise = (total: number, refusals: readonly RowlockError[]) =>
  `Retried ${total - refusals.length} of ${total} tasks. Refused: ${refusals.length}. First reason: ${refusals[0]?.message}`;

/** bull-board shows `message` below a headline. It looks the headline up by `key`, or shows the key. */
const answerForBoard: ErrorRequestHandler = (error: unknown, _req, res, next) => {
  if (!(error instanceof RowlockError)) return next(error);
  res.status(ERRORS[error.code].status).json({ error: { key: 'Not retried' }, message: error.message });
};
