import { afterEach, describe, expect, it } from 'vitest';
import { fewSources, openTestDatabase, type TestDatabase } from '../testing/startGazetteer.ts';
import { loadGazetteer } from './loadGazetteer.ts';
import { makeRows, readSources, type SourceCity } from './readSources.ts';

const opened: TestDatabase[] = [];
const open = async () => {
  const database = await openTestDatabase();
  opened.push(database);
  return database.db;
};
afterEach(async () => {
  for (const database of opened.splice(0)) await database.close();
});
const countCities = async (db: TestDatabase['db']) =>
  Number(
    (
      await db
        .selectFrom('cities')
        .select((eb) => eb.fn.countAll().as('count'))
        .executeTakeFirstOrThrow()
    ).count,
  );

describe('the import', () => {
  it('the import loads all sources once, and does nothing the second time', async () => {
    const db = await open();
    const lines: string[] = [];
    expect(await loadGazetteer(db, { readSources: fewSources, report: (line) => lines.push(line) })).toBe(
      'loaded',
    );
    expect(await countCities(db)).toBe(fewSources().cities.length);
    expect(lines.at(-1)).toMatch(/^cities .* all$/);

    const neverRead = () => {
      throw new Error('the sources were read again');
    };
    expect(await loadGazetteer(db, { readSources: neverRead, report() {} })).toBe('already loaded');
  });

  it('the import leaves nothing behind when it fails, and succeeds the next time', async () => {
    const db = await open();
    const broken = () => {
      const sources = fewSources();
      sources.cities.push(sources.cities[0]!); // a duplicate key, so the last insert fails
      return sources;
    };
    await expect(loadGazetteer(db, { readSources: broken, report() {} })).rejects.toThrow();
    expect(await countCities(db)).toBe(0);
    expect(await loadGazetteer(db, { readSources: fewSources, report() {} })).toBe('loaded');
  });

  it('two imports at the same time load the data once', async () => {
    const db = await open();
    const load = () => loadGazetteer(db, { readSources: fewSources, report() {} });
    expect((await Promise.all([load(), load()])).sort()).toEqual(['already loaded', 'loaded']);
  });
});

describe('the sources', () => {
  it('the sources contain the whole gazetteer', () => {
    const { countries, regions, cities } = readSources();
    expect(cities).toHaveLength(135_233);
    expect(cities.filter(({ countryId }) => countryId === 'FR')).toHaveLength(8_836);
    expect(countries).toHaveLength(250);
    expect(new Set(regions.map(({ id }) => id)).size).toBe(regions.length);
  });

  it('makeRows refuses a city of an unknown country', () => {
    const city: SourceCity = {
      cityId: 1,
      name: 'Atlantis',
      country: 'XX',
      featureCode: 'PPL',
      adminCode: '01',
      population: 1,
      loc: { coordinates: [0, 0] },
    };
    expect(() => makeRows([], [city])).toThrow('Atlantis is in XX');
  });
});
