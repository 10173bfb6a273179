/** The HTTP API on a real database and a real Redis. With TEST_DATABASE_URL, also on that PostgreSQL server. */
import { until } from '@rowlock/test-utils';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { startGazetteer, type TestGazetteer } from '../testing/startGazetteer.ts';

/** Longer than any test: a worker with this pause stays within its task until it is stopped. */
const FOREVER_MS = 60_000;
const databases: { name: string; serverUrl: string | undefined }[] = [
  { name: 'SQLite', serverUrl: undefined },
];
if (process.env.TEST_DATABASE_URL) {
  databases.push({ name: 'PostgreSQL', serverUrl: process.env.TEST_DATABASE_URL });
}

describe.each(databases)('the gazetteer on $name', ({ serverUrl }) => {
  let gazetteer: TestGazetteer;
  beforeAll(async () => {
    gazetteer = await startGazetteer(serverUrl ? { serverUrl } : {});
  });
  afterAll(() => gazetteer.close());

  const call: TestGazetteer['call'] = (...request) => gazetteer.call(...request);
  /** A worker for the rest of the test */
  const work = async (paceMs?: number) => {
    const worker = await gazetteer.work(paceMs);
    onTestFinished(() => worker.close());
  };
  const launch = (user: string, name: string, input: object, more: object = {}) =>
    call(user, 'POST', `/api/tasks/${name}`, { input, ...more });
  const country = (id: string) => ({ selection: { filter: { country: id } } });
  const getSomeCity = async (id: string) =>
    (await call('ann', 'GET', `/api/cities?country=${id}&pageSize=1&sort=population&dir=desc`)).body.rows[0];
  const toEdit = ({ version, name, regionId, population, lat, lon, notes }: Record<string, unknown>) => ({
    version,
    name,
    regionId,
    population,
    lat,
    lon,
    notes,
  });

  describe('reading', () => {
    it('the API refuses a missing and a forged token', async () => {
      const none = await call(undefined, 'GET', '/api/cities');
      expect(none).toMatchObject({ status: 401, type: expect.stringContaining('application/problem+json') });
      const forged = await call(undefined, 'GET', '/api/cities', undefined, {
        Authorization: 'Bearer eyJ1c2VyIjoiYW5uIn0.AAAA',
      });
      expect(forged.status).toBe(401);
    });

    it('a list returns one page of the matching rows, and their total', async () => {
      const { body } = await call(
        'dana',
        'GET',
        '/api/cities?country=NO&sort=population&dir=desc&page=2&pageSize=10',
      );
      expect(body).toMatchObject({ page: 2, pageSize: 10 });
      expect(body.rows).toHaveLength(10);
      expect(body.total).toBeGreaterThan(300);
      const populations = body.rows.map((row: { population: number }) => row.population);
      expect(populations).toEqual([...populations].sort((a, b) => b - a));
    });

    it('a search ignores accents and case', async () => {
      const { body } = await call('dana', 'GET', '/api/cities?q=SANT%20JULIA&country=AD');
      expect(body.rows.map((row: { name: string }) => row.name)).toContain('Sant Julià de Lòria');
    });

    it('a search takes % and _ literally', async () => {
      expect((await call('dana', 'GET', '/api/cities?q=%25')).body.total).toBe(0);
      expect((await call('dana', 'GET', '/api/cities?q=_')).body.total).toBe(0);
    });

    it('a list puts rows without a value last in both directions', async () => {
      for (const dir of ['asc', 'desc']) {
        const { body, status } = await call(
          'dana',
          'GET',
          `/api/cities?sort=populationShare&dir=${dir}&pageSize=500`,
        );
        expect(status).toBe(200);
        const shares = body.rows.map(
          (row: { populationShare: number | null }) => row.populationShare === null,
        );
        expect(shares).toEqual([...shares].sort());
      }
    });

    it('countries and regions show the sums of their cities', async () => {
      const cities = (await call('dana', 'GET', '/api/cities?country=MC&pageSize=500')).body.rows;
      const sum = cities.reduce(
        (total: number, { population }: { population: number }) => total + population,
        0,
      );
      expect((await call('dana', 'GET', '/api/countries/MC')).body).toMatchObject({
        name: 'Monaco',
        population: sum,
        cityCount: cities.length,
      });
      const { body } = await call('dana', 'GET', '/api/regions?country=AD&sort=population&dir=desc');
      expect(body.rows[0]).toMatchObject({ countryName: 'Andorra', largestCity: expect.any(String) });
    });

    it.each([
      ['/api/cities?sort=bogus', 'sort'],
      ['/api/cities?pageSize=100000', 'pageSize'],
      ['/api/cities?country=france', 'country'],
      ['/api/cities?colour=red', 'colour'],
      ['/api/cities/Paris', 'id'],
    ])('the API explains what is wrong with %s', async (path, word) => {
      const { status, type, body } = await call('dana', 'GET', path);
      expect(status).toBe(400);
      expect(type).toContain('application/problem+json');
      expect(body.detail).toContain(word);
    });

    it('the API answers 404 for a row, route or user that does not exist', async () => {
      expect((await call('dana', 'GET', '/api/cities/1')).status).toBe(404);
      expect((await call('dana', 'GET', '/api/nothing')).status).toBe(404);
      expect((await call(undefined, 'POST', '/api/session', { userId: 'mallory' })).status).toBe(404);
    });
  });

  describe('saving a city', () => {
    it('a saved city has a new version and the name of its editor', async () => {
      const city = await getSomeCity('MC');
      const { status, body } = await call('bo', 'PUT', `/api/cities/${city.id}`, {
        ...toEdit(city),
        notes: 'a capital',
      });
      expect(status).toBe(200);
      expect(body).toMatchObject({ notes: 'a capital', version: city.version + 1, updatedBy: 'Bo Novak' });
    });

    it('an edit of an older version is refused with the current row', async () => {
      const city = await getSomeCity('MC');
      await call('bo', 'PUT', `/api/cities/${city.id}`, { ...toEdit(city), notes: 'first' });
      const second = await call('chen', 'PUT', `/api/cities/${city.id}`, {
        ...toEdit(city),
        notes: 'second',
      });
      expect(second.status).toBe(409);
      expect(second.body).toMatchObject({
        type: 'urn:gazetteer:problem:changed',
        current: { notes: 'first', version: city.version + 1 },
      });
    });

    it('an edit with a region of another country is refused', async () => {
      const city = await getSomeCity('MC');
      const regionId = (await call('bo', 'GET', '/api/regions?country=AD')).body.rows[0].id;
      const { status, body } = await call('bo', 'PUT', `/api/cities/${city.id}`, {
        ...toEdit(city),
        regionId,
      });
      expect(status).toBe(400);
      expect(body.fields[0].field).toBe('regionId');
    });

    it('an edit by a viewer, a malformed body and an oversized body are refused', async () => {
      const city = await getSomeCity('MC');
      expect((await call('dana', 'PUT', `/api/cities/${city.id}`, toEdit(city))).status).toBe(403);
      expect(
        (await call('bo', 'PUT', `/api/cities/${city.id}`, { ...toEdit(city), population: -1 })).status,
      ).toBe(400);
      expect((await call('bo', 'PUT', `/api/cities/${city.id}`, '{')).status).toBe(400);
      const notes = 'x'.repeat(300_000);
      expect((await call('bo', 'PUT', `/api/cities/${city.id}`, { ...toEdit(city), notes })).status).toBe(
        413,
      );
    });
  });

  it('the API answers an unreadable or unknown request with a problem that reveals nothing internal', async () => {
    const gzip = { 'Content-Encoding': 'gzip' };
    const requests: [expected: number, method: string, path: string, body?: unknown, headers?: object][] = [
      [400, 'PUT', '/api/cities/1', '{'],
      [400, 'PUT', '/api/cities/1', '{}', gzip],
      [413, 'POST', '/api/tasks/set-fields', 'x'.repeat(300_000)],
      [400, 'GET', '/api/cities/%E0%A4%A'],
      [404, 'GET', '/api/nothing'],
      [404, 'GET', '/rowlock/nothing'],
      [400, 'GET', '/rowlock/tasks/%E0%A4%A'],
    ];
    for (const [expected, ...request] of requests) {
      const { status, type, body } = await call('bo', ...request);
      expect([status, type], request.join(' ')).toEqual([
        expected,
        expect.stringContaining('application/problem+json'),
      ]);
      expect(JSON.stringify(body)).not.toMatch(/node_modules|\.[jt]s:\d|Error:|Z_DATA|\\n/);
    }
  });

  describe('tasks', () => {
    it('a task holds its rows from its launch to its end, and refusals name it', async () => {
      const city = await getSomeCity('NO');
      const started = await launch('ann', 'normalise-names', country('NO'));
      expect(started.status).toBe(202);
      expect(started.body.label).toBe('Normalise names · Norway');

      const refused = await call('bo', 'PUT', `/api/cities/${city.id}`, toEdit(city));
      expect(refused.status).toBe(409);
      expect(refused.body).toMatchObject({
        type: 'urn:rowlock:problem:conflict',
        conflicts: [{ lease: { holder: { type: 'task', actor: { name: 'Ann Lee' } } }, recordCount: 1 }],
      });
      const again = await launch('bo', 'recompute-population-share', country('NO'));
      expect(again.status).toBe(409);
      expect(again.body.conflicts[0].task.id).toBe(started.body.id);

      await work();
      const task = await gazetteer.ended(started.body.id);
      expect(task).toMatchObject({ state: 'completed', result: { changed: started.body.recordCount } });
      const row = (await call('bo', 'GET', `/api/cities/${city.id}`)).body;
      expect(row.normalisedName).toMatch(/^[\x20-\x7e]+$/);
      expect((await call('bo', 'PUT', `/api/cities/${city.id}`, toEdit(row))).status).toBe(200);
    });

    it('a repeated Idempotency-Key launches one task', async () => {
      const send = (key: string, more: object = {}) =>
        call(
          'ann',
          'POST',
          '/api/tasks/normalise-names',
          { input: country('AD'), ...more },
          { 'Idempotency-Key': key },
        );
      const [first, second] = await Promise.all([send('submit-1'), send('submit-1')]);
      expect([first.status, second.status]).toEqual([202, 202]);
      expect(second.body.id).toBe(first.body.id);
      expect((await send('submit-1', { withoutHeld: true })).body.id).toBe(first.body.id);
      // The rows of the first task block this launch. A refused launch leaves its key free.
      expect((await send('submit-2')).status).toBe(409);
      await work();
      await gazetteer.ended(first.body.id);
      const later = await send('submit-2');
      expect(later.status).toBe(202);
      expect(later.body.id).not.toBe(first.body.id);
      await gazetteer.ended(later.body.id);
    });

    it.each([
      ['no characters', ''],
      ['a space', 'two words'],
      ['a letter that is not ASCII', 'schlüssel'],
      ['201 characters', 'k'.repeat(201)],
    ])('a launch with an Idempotency-Key of %s is refused', async (_what, key) => {
      const input = country('AD');
      const answer = await call(
        'ann',
        'POST',
        '/api/tasks/normalise-names',
        { input },
        { 'Idempotency-Key': key },
      );
      expect(answer.status).toBe(400);
      expect(answer.body.detail).toContain('1 to 200 visible ASCII characters');
    });

    it('recomputed population shares sum to one', async () => {
      await work();
      const { body } = await launch('bo', 'recompute-population-share', country('AD'));
      await gazetteer.ended(body.id);
      const { rows } = (await call('bo', 'GET', '/api/cities?country=AD&pageSize=500')).body;
      const sum = rows.reduce(
        (total: number, { populationShare }: { populationShare: number }) => total + populationShare,
        0,
      );
      expect(sum).toBeCloseTo(1, 6);
    });

    it('set-fields changes only the selected rows', async () => {
      await work();
      const [first, second] = (await call('bo', 'GET', '/api/cities?country=AD&pageSize=2')).body.rows;
      const { body } = await launch('bo', 'set-fields', {
        selection: { ids: [first.id] },
        set: { notes: 'checked', populationMultiplier: 2 },
      });
      await gazetteer.ended(body.id);
      expect((await call('bo', 'GET', `/api/cities/${first.id}`)).body).toMatchObject({
        notes: 'checked',
        population: first.population * 2,
      });
      expect((await call('bo', 'GET', `/api/cities/${second.id}`)).body).toMatchObject({
        version: second.version,
      });
    });

    it('a task with withoutHeld skips the rows that others hold', async () => {
      const ids = (await call('bo', 'GET', '/api/cities?country=MC&pageSize=3')).body.rows.map(
        (row: { id: number }) => row.id,
      );
      const first = await launch('ann', 'normalise-names', { selection: { ids: [ids[0]] } });
      expect((await launch('bo', 'normalise-names', country('MC'))).status).toBe(409);
      const rest = await launch('bo', 'normalise-names', country('MC'), { withoutHeld: true });
      expect(rest.status).toBe(202);
      const total = (await call('bo', 'GET', '/api/cities?country=MC')).body.total;
      expect(rest.body.recordCount).toBe(total - 1);
      // If no row is free, the launch is refused with a conflict.
      expect((await launch('bo', 'normalise-names', country('MC'), { withoutHeld: true })).status).toBe(409);
      await work();
      await Promise.all([gazetteer.ended(first.body.id), gazetteer.ended(rest.body.id)]);
    });

    it('several exports write the same rows as CSV at once', async () => {
      const [one, two] = await Promise.all([
        launch('ann', 'export-csv', country('MC')),
        launch('chen', 'export-csv', country('MC')),
      ]);
      expect([one.status, two.status]).toEqual([202, 202]);
      const third = await launch('bo', 'export-csv', country('MC'), { withoutHeld: true });
      expect(third.body.recordCount).toBe(one.body.recordCount);
      await work();
      await Promise.all([one, two, third].map(({ body }) => gazetteer.ended(body.id)));
      const { status, type, body } = await call('dana', 'GET', `/api/exports/${one.body.id}`);
      expect(status).toBe(200);
      expect(type).toContain('text/csv');
      const lines = body.trim().split('\n');
      expect(lines[0]).toContain('id,name,normalised_name');
      expect(lines).toHaveLength(one.body.recordCount + 1);
      expect((await call(undefined, 'GET', `/api/exports/${one.body.id}`)).status).toBe(401);
      expect((await call('dana', 'GET', '/api/exports/..%2Fsession-secret')).status).toBe(404);
    });

    it('a running task stops when its owner cancels it, and others may not cancel it', async () => {
      await work(FOREVER_MS);
      const { body } = await launch('bo', 'normalise-names', country('NO'));
      const read = () => call('bo', 'GET', `/rowlock/tasks/${body.id}`);
      await until(async () => (await read()).body.task.progress.done > 0, { what: 'the first batch' });
      expect((await call('chen', 'POST', `/rowlock/tasks/${body.id}/cancel`)).status).toBe(403);
      expect((await call('bo', 'POST', `/rowlock/tasks/${body.id}/cancel`)).status).toBe(202);
      expect((await gazetteer.ended(body.id)).state).toBe('cancelled');
      const city = await getSomeCity('NO');
      expect((await call('bo', 'PUT', `/api/cities/${city.id}`, toEdit(city))).status).toBe(200);
    });

    it('a task continues in another worker after its own has ended, and changes no row twice', async () => {
      const before = (await call('bo', 'GET', '/api/cities?country=NO&sort=population&dir=desc&pageSize=500'))
        .body.rows;
      const first = await gazetteer.work(FOREVER_MS);
      const set = { populationMultiplier: 2 };
      const { body } = await launch('ann', 'set-fields', { ...country('NO'), set });
      const read = () => call('bo', 'GET', `/rowlock/tasks/${body.id}`);
      await until(async () => (await read()).body.task.progress.done > 0, { what: 'the first batch' });
      await first.close();
      await work();
      expect((await gazetteer.ended(body.id)).state).toBe('completed');
      const after = (await call('bo', 'GET', '/api/cities?country=NO&sort=population&dir=desc&pageSize=500'))
        .body.rows;
      expect(after.map((row: { population: number }) => row.population)).toEqual(
        before.map((row: { population: number }) => row.population * 2),
      );
    });

    it.each([
      ['an unknown task', 'grow-cities', { selection: { ids: [1] } }, 404],
      ['no selection', 'normalise-names', {}, 400],
      ['a name of no letters', 'normalise-names', { selection: { filter: { q: '-' } } }, 400],
      ['a selection of nothing', 'normalise-names', { selection: { filter: { q: 'zzzzzz' } } }, 400],
      [
        'too many ids',
        'normalise-names',
        { selection: { ids: Array.from({ length: 10_001 }, (_, i) => i + 1) } },
        400,
      ],
      ['nothing to set', 'set-fields', { selection: { filter: { country: 'MC' } }, set: {} }, 400],
      [
        'a region elsewhere',
        'set-fields',
        { selection: { filter: { country: 'MC' } }, set: { regionId: 'AD.07' } },
        400,
      ],
    ])('a launch with %s is refused', async (_what, name, input, status) => {
      const answer = await launch('ann', name, input);
      expect(answer.status).toBe(status);
      expect(answer.body.detail).toBeTruthy();
    });

    it('viewers may not launch tasks', async () => {
      expect((await launch('dana', 'normalise-names', country('MC'))).status).toBe(403);
    });
  });

  it('the API refuses writes while Redis is away, and accepts them when it is back', async () => {
    const city = await getSomeCity('AD');
    await gazetteer.redis.kill();
    const refused = await until(async () => {
      const answer = await call('bo', 'PUT', `/api/cities/${city.id}`, toEdit(city));
      return answer.status === 503 ? answer : undefined;
    });
    expect(refused.body.type).toBe('urn:rowlock:problem:unavailable');
    expect((await call('bo', 'GET', `/api/cities/${city.id}`)).status).toBe(200);
    await gazetteer.redis.restart();
    // During the restart grace, only previous holders get their rows.
    await until(
      async () => (await call('bo', 'PUT', `/api/cities/${city.id}`, toEdit(city))).status === 200,
      {
        timeoutMs: 15_000,
      },
    );
  });
});
