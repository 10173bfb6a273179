/** Saves a city. The guard refuses a city that somebody else holds, or has changed since the version that the request names. */
import { recordKey } from '@rowlock/protocol';
import type { Rowlock } from '@rowlock/server';
import { type Request, type RequestHandler, Router } from 'express';
import type { Gazetteer } from '../db/openDatabase.ts';
import { saveCity } from '../db/saveCity.ts';
import { cityEdit } from '../gazetteer/cityEdit.ts';
import { cityId } from '../gazetteer/cityFilter.ts';
import { found } from './placeRoutes.ts';
import { ProblemError, parse } from './problem.ts';
import { userOf } from './signedIn.ts';

export function cityRoutes(db: Gazetteer, rowlock: Rowlock): Router {
  const router = Router();
  const records = (req: Request) => [recordKey('cities', parse(cityId, req.params.id, 'The id'))];
  const save: RequestHandler = async (req, res) => {
    const id = parse(cityId, req.params.id, 'The id');
    const edit = parse(cityEdit, req.body, 'The body');
    const { fence } = res.locals.rowlock as { fence: string };
    const outcome = await saveCity(db, id, edit, { name: userOf(res).name, fence, now: Date.now() });
    switch (outcome.kind) {
      case 'saved':
        return void res.json(outcome.city);
      case 'not found':
        return void found(undefined, `city ${id}`);
      case 'wrong region':
        throw new ProblemError(
          'bad_request',
          `${outcome.regionId} is not a region of ${outcome.countryName}. GET /api/regions?country=… lists them.`,
          { fields: [{ field: 'regionId', message: `not a region of ${outcome.countryName}` }] },
        );
    }
  };
  router.put('/cities/:id', rowlock.guard({ records }, save));
  return router;
}
