/** The dashboard: runs of tasks from the demo's own table, and what has failed of one's own. */
import type { SubscriberStatus } from '@rowlock/server';
import { Router } from 'express';
import { z } from 'zod';
import type { Gazetteer } from '../db/openDatabase.ts';
import { listRuns } from '../db/readRuns.ts';
import { runListQuery } from '../gazetteer/listQueries.ts';
import type { NoticeList, RunPage } from '../gazetteer/runView.ts';
import { markSeen, unseenNotices } from '../runs/recordNotices.ts';
import { NOTICES_SET, RUNS_SET } from '../runs/runSubscribers.ts';
import { parse } from './problem.ts';
import { userOf } from './signedIn.ts';

const seenBody = z.strictObject({
  /** That notice alone; all of one's own without it */
  id: z.string().min(1).max(200).optional(),
});

export function runRoutes(db: Gazetteer, subscribers: SubscriberStatus): Router {
  const router = Router();
  router.use(['/runs', '/notices'], (_req, res, next) => {
    res.set('Cache-Control', 'no-store');
    next();
  });

  // Asked before the table is read: what has been told by then is in it.
  const behindOf = async (set: string): Promise<number | null> =>
    subscribers.status().then(
      (sets) => sets.find(({ name }) => name === set)?.behind ?? null,
      () => null,
    );

  router.get('/runs', async (req, res) => {
    const query = parse(runListQuery, req.query, 'The query');
    const behind = await behindOf(RUNS_SET);
    res.json({ ...(await listRuns(db, query)), behind } satisfies RunPage);
  });

  router.get('/notices', async (_req, res) => {
    const behind = await behindOf(NOTICES_SET);
    res.json({ ...(await unseenNotices(db, userOf(res).id)), behind } satisfies NoticeList);
  });

  router.post('/notices/seen', async (req, res) => {
    const { id } = parse(seenBody, req.body ?? {}, 'The body');
    const actorId = userOf(res).id;
    await markSeen(db, { actorId, id, now: Date.now() });
    res.json({
      ...(await unseenNotices(db, actorId)),
      behind: await behindOf(NOTICES_SET),
    } satisfies NoticeList);
  });

  return router;
}
