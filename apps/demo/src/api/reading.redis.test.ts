/** Reading rows over the HTTP API, and requests that it cannot read. */
import { expect, it } from 'vitest';
import { onEachDatabase } from '../testing/onEachDatabase.ts';

onEachDatabase(({ call }) => {
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
      const shares = body.rows.map((row: { populationShare: number | null }) => row.populationShare === null);
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
});
