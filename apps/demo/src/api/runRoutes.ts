/** The dashboard: runs of tasks from the demo's own table, and the failures of the user's own tasks. */
import type { SubscriberStatus } from '@rowlock/server';
import { Router } from 'express';
import { z } from 'zod';
import type { Gazetteer } from '../db/openDatabase.ts';
import { listRuns } from '../db/readRuns.ts';
import { runListQuery } from '../gazetteer/listQueries.ts';
import type { NoticeList, RunPage } from '../gazetteer/runView.ts';
import { markSeen, unseenNotices } from '../runs/recordNotices.ts';
import { NOTICES_SUBSCRIBER, RUNS_SUBSCRIBER } from '../runs/runSubscribers.ts';
import { parse } from './problem.ts';
import { userOf } from './signedIn.ts';

const seenBody = z.strictObject({
  /** The notice to mark. Default: all notices of the user */
  id: z.string().min(1).max(200).optional(),
});

export function runRoutes(db: Gazetteer, subscribers: SubscriberStatus): Router {
  const router = Router();
  router.use(['/runs', '/notices'], (_req, res, next) => {
    res.set('Cache-Control', 'no-store');
    next();
  });

  // Read before the table, so that the table contains all events that do not count as behind.
  const getBehind = async (subscriber: string): Promise<number | null> =>
    subscribers.status().then(
      (all) => all.find(({ name }) => name === subscriber)?.behind ?? null,
      () => null,
    );

  router.get('/runs', async (req, res) => {
    const query = parse(runListQuery, req.query, 'The query');
    const behind = await getBehind(RUNS_SUBSCRIBER);
    res.json({ ...(await listRuns(db, query)), behind } satisfies RunPage);
  });

  router.get('/notices', async (_req, res) => {
    const behind = await getBehind(NOTICES_SUBSCRIBER);
    res.json({ ...(await unseenNotices(db, userOf(res).id)), behind } satisfies NoticeList);
  });

  router.post('/notices/seen', async (req, res) => {
    const { id } = parse(seenBody, req.body ?? {}, 'The body');
    const actorId = userOf(res).id;
    await markSeen(db, { actorId, id, now: Date.now() });
    res.json({
      ...(await unseenNotices(db, actorId)),
      behind: await getBehind(NOTICES_SUBSCRIBER),
    } satisfies NoticeList);
  });

  return router;
}
