/** Saving a city. The guard has made sure that nobody else holds it; the version says whether it has changed. */
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
      case 'changed':
        throw new ProblemError(
          'changed',
          `${outcome.current.name} is at version ${outcome.current.version} now, and this edit was made on version ` +
            `${edit.version}. Nothing was written: look at what has changed, then send the edit with the new version.`,
          { current: outcome.current },
        );
    }
  };
  router.put('/cities/:id', rowlock.guard({ records }, save));
  return router;
}
