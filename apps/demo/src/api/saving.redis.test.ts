/** Saving a city over the HTTP API. */
import { until } from '@rowlock/test-utils';
import { expect, it } from 'vitest';
import { onEachDatabase, toEdit } from '../testing/onEachDatabase.ts';

onEachDatabase(({ call, getSomeCity }, gazetteer) => {
  it('a saved city has a new version and the name of its editor', async () => {
    const city = await getSomeCity('MC');
    const { status, body } = await call('bo', 'PUT', `/api/cities/${city.id}`, {
      ...toEdit(city),
      notes: 'a capital',
    });
    expect(status).toBe(200);
    expect(body).toMatchObject({ notes: 'a capital', version: city.version + 1, updatedBy: 'Bo Novak' });
  });

  it('an edit of a row that somebody else has changed since it was loaded is refused', async () => {
    const city = await getSomeCity('MC');
    const path = `/api/cities/${city.id}`;
    const { version } = await call('chen', 'GET', path);
    await call('bo', 'PUT', path, { ...toEdit(city), notes: 'first' });
    const edit = { ...toEdit(city), notes: 'second' };
    const second = await call('chen', 'PUT', path, edit, { 'Rowlock-Version': version });
    expect(second.status).toBe(409);
    expect(second.body).toMatchObject({
      type: 'urn:rowlock:problem:stale',
      changes: [{ records: [`cities/${city.id}`], actor: { id: 'bo', name: 'Bo Novak' } }],
    });
    expect((await call('chen', 'GET', path)).body.notes).toBe('first');
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
    expect((await call('bo', 'PUT', `/api/cities/${city.id}`, { ...toEdit(city), notes })).status).toBe(413);
  });

  it('the API refuses writes while Redis is away, and accepts them when it is back', async () => {
    const city = await getSomeCity('AD');
    await gazetteer().redis.kill();
    const refused = await until(async () => {
      const answer = await call('bo', 'PUT', `/api/cities/${city.id}`, toEdit(city));
      return answer.status === 503 ? answer : undefined;
    });
    expect(refused.body.type).toBe('urn:rowlock:problem:unavailable');
    expect((await call('bo', 'GET', `/api/cities/${city.id}`)).status).toBe(200);
    await gazetteer().redis.restart();
    // During the restart grace, only previous holders get their rows.
    await until(
      async () => (await call('bo', 'PUT', `/api/cities/${city.id}`, toEdit(city))).status === 200,
      {
        timeoutMs: 15_000,
      },
    );
  });
});
