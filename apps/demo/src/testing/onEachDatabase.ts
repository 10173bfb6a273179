/** Runs tests on a gazetteer with a real Redis: on SQLite, and with TEST_DATABASE_URL also on that PostgreSQL server. */
import { afterAll, beforeAll, describe, onTestFinished } from 'vitest';
import { startGazetteer, type TestGazetteer } from './startGazetteer.ts';

const databases: { name: string; serverUrl: string | undefined }[] = [
  { name: 'SQLite', serverUrl: undefined },
];
if (process.env.TEST_DATABASE_URL) {
  databases.push({ name: 'PostgreSQL', serverUrl: process.env.TEST_DATABASE_URL });
}

type Answer = Awaited<ReturnType<TestGazetteer['call']>>;

/** The requests that several tests send. */
export interface Requests {
  call: TestGazetteer['call'];
  launch(user: string, name: string, input: object, more?: object): Promise<Answer>;
  /** The largest city of a country */
  getSomeCity(countryId: string): Promise<Answer['body']>;
  /** Starts a worker for the rest of the test. It pauses this long after each batch */
  work(paceMs?: number): Promise<void>;
}

/** Declares the tests of a file once for each database. `started` returns the gazetteer when the tests run. */
export function onEachDatabase(declare: (requests: Requests, started: () => TestGazetteer) => void): void {
  describe.each(databases)('the gazetteer on $name', ({ serverUrl }) => {
    let gazetteer: TestGazetteer;
    beforeAll(async () => {
      gazetteer = await startGazetteer(serverUrl ? { serverUrl } : {});
    });
    afterAll(() => gazetteer.close());

    const call: TestGazetteer['call'] = (...request) => gazetteer.call(...request);
    declare(
      {
        call,
        launch: (user, name, input, more = {}) =>
          call(user, 'POST', `/api/tasks/${name}`, { input, ...more }),
        getSomeCity: async (countryId) => {
          const path = `/api/cities?country=${countryId}&pageSize=1&sort=population&dir=desc`;
          return (await call('ann', 'GET', path)).body.rows[0];
        },
        work: async (paceMs) => {
          const worker = await gazetteer.work(paceMs);
          onTestFinished(() => worker.close());
        },
      },
      () => gazetteer,
    );
  });
}

/** The input of a task on all cities of a country. */
export const country = (id: string) => ({ selection: { filter: { country: id } } });

/** The edit that changes nothing of a city. */
export const toEdit = ({ name, regionId, population, lat, lon, notes }: Record<string, unknown>) => ({
  name,
  regionId,
  population,
  lat,
  lon,
  notes,
});
