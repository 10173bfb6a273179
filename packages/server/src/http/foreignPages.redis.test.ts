/** P14: a page of another site, which sends the user's session cookie, changes nothing over HTTP. */
import { describe, expect, it } from 'vitest';
import { FACES } from '../../test/fixtures/faces.ts';
import { acquire, gatewayFixture } from '../../test/fixtures/gatewayFixture.ts';
import { gatedTask, type Rig } from '../../test/fixtures/rig.ts';
import type { Authenticate } from '../signIns.ts';

const { rig } = gatewayFixture();

const FOREIGN = 'https://evil.example';
/** As many applications do: the session cookie alone says who it is. */
const byCookie: Authenticate = ({ headers, auth }) => {
  const user = headers.cookie?.replace('user=', '') ?? auth.token;
  return typeof user === 'string' ? { id: user, name: user } : null;
};
const cookie = 'user=ann';

describe.each(FACES)('P14: over %s', (face) => {
  const post = ({ fetch }: Rig, path: string, headers: Record<string, string>, init: RequestInit = {}) =>
    fetch(path, { method: 'POST', ...init, headers: { cookie, ...headers } });

  it('a cross-site form cancels and retries nothing', async () => {
    const { task } = gatedTask();
    const started = await rig({ face, authenticate: byCookie, tasks: [task] });
    const { rowlock } = started;
    const actor = { id: 'ann', name: 'Ann' };
    const { task: launched } = await rowlock.tasks.launch(task, { ids: ['1'], gate: 'a' }, { actor });
    const path = `/rowlock/tasks/${launched.id}`;
    const form = { 'content-type': 'application/x-www-form-urlencoded' };
    for (const verb of ['cancel', 'retry']) {
      for (const [name, value] of [
        ['origin', FOREIGN],
        ['origin', 'null'],
        ['sec-fetch-site', 'cross-site'],
      ] as const) {
        const answer = await post(started, `${path}/${verb}`, { ...form, [name]: value });
        expect(answer.status).toBe(403);
        expect(await answer.json()).toMatchObject({ code: 'forbidden' });
      }
    }
    expect((await rowlock.tasks.get(launched.id))?.state).toBe('queued');
    // A program sends no origin.
    expect((await post(started, `${path}/cancel`, {})).status).toBe(202);
  });

  it('a beacon of a foreign page is refused, and one of the own page is heard', async () => {
    const started = await rig({ face, authenticate: byCookie });
    const leaseSecret = await acquire(await started.connect('ann'), 'cities/1');
    const send = (origin: string) =>
      post(
        started,
        '/rowlock/leases/release',
        { origin },
        { body: JSON.stringify({ leases: [leaseSecret] }) },
      );
    expect((await send(FOREIGN)).status).toBe(403);
    expect((await send(started.url)).status).toBe(204);
  });

  it('a guarded write of a foreign page is refused', async () => {
    const started = await rig({ face, authenticate: byCookie });
    const put = (origin: string) => post(started, '/cities/1', { origin }, { method: 'PUT' });
    expect((await put(FOREIGN)).status).toBe(403);
    expect((await put(started.url)).status).toBe(200);
  });
});
