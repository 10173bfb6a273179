import { until } from '@rowlock/test-utils';
import { describe, expect, it } from 'vitest';
import { gatewayFixture } from '../../../test/fixtures/gatewayFixture.ts';
import { gatedTask, type Rig } from '../../../test/fixtures/rig.ts';

const { rig } = gatewayFixture();

const records = () => ['cities/1'] as const;
const put = (init: RequestInit = {}) =>
  new Request('https://app.example/cities/1', {
    method: 'PUT',
    headers: { authorization: 'Bearer ann' },
    ...init,
  });
const isHeld = async ({ rowlock }: Rig) => (await rowlock.locks.check(['cities/1'])).held.size === 1;
const untilFree = (started: Rig) =>
  until(async () => !(await isHeld(started)), { what: 'the row to be free' });

describe('guardRequest', () => {
  it('guardRequest gives the handler the request, the write and the context, and returns its response', async () => {
    const started = await rig();
    const handler = started.rowlock.guardRequest(
      {
        records: (_request, { params }: { params: { id: string } }) => [`cities/${params.id}`],
        label: (request, { params }) => `${request.method} ${params.id}`,
      },
      async (request, { actor, signal }, { params }) => {
        const { leases } = await started.rowlock.locks.check(['cities/1']);
        const [label] = [...leases.values()].map(({ holder }) => holder.label);
        const city = await request.json();
        return Response.json({ actor, label, params, city, aborted: signal.aborted }, { status: 201 });
      },
    );
    const response = await handler(put({ body: '{"name":"Paris"}' }), { params: { id: '1' } });
    expect(response.status).toBe(201);
    expect(await response.json()).toEqual({
      actor: { id: 'ann', name: 'ann' },
      label: 'PUT 1',
      params: { id: '1' },
      city: { name: 'Paris' },
      aborted: false,
    });
    await untilFree(started);
  });

  it('guardRequest answers its own refusals as problems, and throws an error of the handler after it has unlocked the records', async () => {
    const started = await rig();
    const handler = started.rowlock.guardRequest({ records }, () => {
      throw new Error('The database is away');
    });
    const refused = await handler(put({ headers: { authorization: 'Bearer viewer' } }));
    expect(refused.status).toBe(403);
    expect(await refused.json()).toMatchObject({ code: 'forbidden' });
    await expect(handler(put())).rejects.toThrow('The database is away');
    await untilFree(started);
  });

  it('P14: guardRequest refuses a page of a foreign origin, by the host of its address', async () => {
    const { rowlock } = await rig();
    const handler = rowlock.guardRequest({ records }, () => new Response('written'));
    const from = (origin: string) => handler(put({ headers: { authorization: 'Bearer ann', origin } }));
    expect((await from('https://evil.example')).status).toBe(403);
    expect((await from('http://app.example')).status).toBe(403);
    expect((await from('https://app.example')).status).toBe(200);
  });

  it('guardRequest runs no handler, and keeps no lease, if the client has left during acquire', async () => {
    const client = new AbortController();
    const started = await rig({
      authorize() {
        client.abort();
        return true;
      },
    });
    let runs = 0;
    const handler = started.rowlock.guardRequest({ records }, () => {
      runs += 1;
      return new Response();
    });
    expect((await handler(put({ signal: client.signal }))).status).toBe(499);
    expect(runs).toBe(0);
    await untilFree(started);
  });

  it('P16: guardRequest answers with the version of a write, and refuses a write on older data of somebody else', async () => {
    const { rowlock } = await rig();
    const loaded = String(await rowlock.versions.current());
    let status = 200;
    const handler = rowlock.guardRequest({ records }, () => Response.json({}, { status }));
    const write = (user: string) =>
      handler(put({ headers: { authorization: `Bearer ${user}`, 'Rowlock-Version': loaded } }));
    status = 422;
    expect((await write('ann')).headers.has('Rowlock-Version')).toBe(false);
    status = 200;
    const written = await write('ann');
    expect(Number(written.headers.get('Rowlock-Version'))).toBeGreaterThan(Number(loaded));
    const stale = await write('bo');
    expect([stale.status, await stale.json()]).toMatchObject([
      409,
      { code: 'stale', changes: [{ how: 'write' }] },
    ]);
  });

  it('guardRequest transfers the records to a task that the handler launches', async () => {
    const { task, gate } = gatedTask();
    const started = await rig({ tasks: [task] });
    const gateA = gate('a');
    await started.rowlock.startWorker();
    const handler = started.rowlock.guardRequest({ records }, async (_request, { actor }) => {
      const launched = await started.rowlock.tasks.launch(task, { ids: ['1'], gate: 'a' }, { actor });
      return Response.json(launched.task);
    });
    const response = await handler(put());
    expect(response.status).toBe(200);
    await gateA.started;
    expect(await isHeld(started)).toBe(true);
    gateA.finish();
    await untilFree(started);
  });

  it('guardRequest refuses a malformed setting when the handler is made', async () => {
    const { rowlock } = await rig();
    expect(() => rowlock.guardRequest({ records, keepAfterCloseMs: -1 }, () => new Response())).toThrow(
      'keepAfterCloseMs is -1',
    );
  });
});
