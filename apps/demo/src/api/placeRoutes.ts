/** Routes that read countries, regions and cities. */
import { type RequestHandler, Router } from 'express';
import type { Gazetteer } from '../db/openDatabase.ts';
import { findCity, listCities } from '../db/readCities.ts';
import { findCountry, findRegion, listCountries, listRegions } from '../db/readPlaces.ts';
import { cityId, countryId, regionId } from '../gazetteer/cityFilter.ts';
import { cityListQuery, countryListQuery, regionListQuery } from '../gazetteer/listQueries.ts';
import { ProblemError, parse } from './problem.ts';

/** @param versioned  sends the version of the data, so that a save on old data is refused */
export function placeRoutes(db: Gazetteer, versioned: RequestHandler): Router {
  const router = Router();
  // No caching, because tasks change the rows of a list at any time.
  router.use(['/countries', '/regions', '/cities'], (_req, res, next) => {
    res.set('Cache-Control', 'no-store');
    next();
  });
  router.get('/countries', async (req, res) => {
    res.json(await listCountries(db, parse(countryListQuery, req.query, 'The query')));
  });
  router.get('/countries/:id', async (req, res) => {
    const id = parse(countryId, req.params.id, 'The id');
    res.json(found(await findCountry(db, id), `country ${id}`));
  });
  router.get('/regions', async (req, res) => {
    res.json(await listRegions(db, parse(regionListQuery, req.query, 'The query')));
  });
  router.get('/regions/:id', async (req, res) => {
    const id = parse(regionId, req.params.id, 'The id');
    res.json(found(await findRegion(db, id), `region ${id}`));
  });
  router.get('/cities', async (req, res) => {
    res.json(await listCities(db, parse(cityListQuery, req.query, 'The query')));
  });
  router.get('/cities/:id', versioned, async (req, res) => {
    const id = parse(cityId, req.params.id, 'The id');
    res.json(found(await findCity(db, id), `city ${id}`));
  });
  return router;
}

export function found<Row>(row: Row | undefined, what: string): Row {
  if (row === undefined) throw new ProblemError('not_found', `There is no ${what}. Check the id.`);
  return row;
}
