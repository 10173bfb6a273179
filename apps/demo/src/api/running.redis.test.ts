/** Tasks that were launched over the HTTP API, until their end. */
import { until } from '@rowlock/test-utils';
import { expect, it } from 'vitest';
import { country, onEachDatabase, toEdit } from '../testing/onEachDatabase.ts';

/** Longer than any test: a worker with this pause stays within its task until it is stopped. */
const FOREVER_MS = 60_000;

onEachDatabase(({ call, launch, getSomeCity, work }, gazetteer) => {
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
    const task = await gazetteer().ended(started.body.id);
    expect(task).toMatchObject({ state: 'completed', result: { changed: started.body.recordCount } });
    const row = (await call('bo', 'GET', `/api/cities/${city.id}`)).body;
    expect(row.normalisedName).toMatch(/^[\x20-\x7e]+$/);
    expect((await call('bo', 'PUT', `/api/cities/${city.id}`, toEdit(row))).status).toBe(200);
  });

  it('recomputed population shares sum to one', async () => {
    await work();
    const { body } = await launch('bo', 'recompute-population-share', country('AD'));
    await gazetteer().ended(body.id);
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
    await gazetteer().ended(body.id);
    expect((await call('bo', 'GET', `/api/cities/${first.id}`)).body).toMatchObject({
      notes: 'checked',
      population: first.population * 2,
    });
    expect((await call('bo', 'GET', `/api/cities/${second.id}`)).body).toMatchObject({
      notes: second.notes,
      population: second.population,
    });
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
    await Promise.all([one, two, third].map(({ body }) => gazetteer().ended(body.id)));
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
    expect((await gazetteer().ended(body.id)).state).toBe('cancelled');
    const city = await getSomeCity('NO');
    expect((await call('bo', 'PUT', `/api/cities/${city.id}`, toEdit(city))).status).toBe(200);
  });

  it('a task continues in another worker after its own has ended, and changes no row twice', async () => {
    const before = (await call('bo', 'GET', '/api/cities?country=NO&sort=population&dir=desc&pageSize=500'))
      .body.rows;
    const first = await gazetteer().work(FOREVER_MS);
    const set = { populationMultiplier: 2 };
    const { body } = await launch('ann', 'set-fields', { ...country('NO'), set });
    const read = () => call('bo', 'GET', `/rowlock/tasks/${body.id}`);
    await until(async () => (await read()).body.task.progress.done > 0, { what: 'the first batch' });
    await first.close();
    await work();
    expect((await gazetteer().ended(body.id)).state).toBe('completed');
    const after = (await call('bo', 'GET', '/api/cities?country=NO&sort=population&dir=desc&pageSize=500'))
      .body.rows;
    expect(after.map((row: { population: number }) => row.population)).toEqual(
      before.map((row: { population: number }) => row.population * 2),
    );
  });
});
