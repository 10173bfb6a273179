/** Launching tasks over the HTTP API, and the launches that it refuses. */
import { expect, it } from 'vitest';
import { country, onEachDatabase } from '../testing/onEachDatabase.ts';

onEachDatabase(({ call, launch, work }, gazetteer) => {
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
    await gazetteer().ended(first.body.id);
    const later = await send('submit-2');
    expect(later.status).toBe(202);
    expect(later.body.id).not.toBe(first.body.id);
    await gazetteer().ended(later.body.id);
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
    await Promise.all([gazetteer().ended(first.body.id), gazetteer().ended(rest.body.id)]);
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
