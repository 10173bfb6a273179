import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { type ProblemBody, recordKey } from '@rowlock/protocol';
import { startRedis, type TestRedis, until } from '@rowlock/test-utils';
import express, { type Response } from 'express';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { FACES } from '../../test/fixtures/faces.ts';
import { leaseOf } from '../../test/fixtures/gatewayFixture.ts';
import { gatedTask, type Rig, startRig } from '../../test/fixtures/rig.ts';

let server: TestRedis;
const rigs: Rig[] = [];
beforeAll(async () => {
  server = await startRedis();
});
afterAll(() => server.stop());
afterEach(async () => {
  for (const rig of rigs.splice(0)) await rig.close();
});
async function rig(
  options: Parameters<typeof startRig>[1] = {},
  records?: Parameters<typeof startRig>[2],
): Promise<Rig> {
  const started = await startRig(server, options, records);
  rigs.push(started);
  return started;
}
const put = async ({ fetch }: Rig, id: string, headers: Record<string, string> = {}) => {
  const response = await fetch(`/cities/${id}`, {
    method: 'PUT',
    headers: { authorization: 'Bearer bo', ...headers },
  });
  return {
    status: response.status,
    type: response.headers.get('content-type'),
    body: (await response.json()) as ProblemBody,
  };
};

describe.each(FACES)('%s: a guarded write', (face) => {
  it('a guarded write of a free record runs under a fence of its own, and frees the record afterwards', async () => {
    const started = await rig({ face });
    const answer = await put(started, '1');
    expect(answer).toMatchObject({
      status: 200,
      body: { actor: { id: 'bo' }, fence: expect.stringMatching(/^\d+$/) },
    });
    await until(async () => (await started.rowlock.locks.check(['cities/1'])).held.size === 0);
  });

  it('a guarded write is refused with 409 and names the person who holds the record', async () => {
    const started = await rig({ face });
    const ann = await started.connect('ann');
    await ann.send('acquire', { records: ['cities/1'], label: 'Edit Paris' });
    const answer = await put(started, '1');
    expect(answer).toMatchObject({
      status: 409,
      type: expect.stringContaining('application/problem+json'),
      body: {
        type: 'urn:rowlock:problem:conflict',
        status: 409,
        detail:
          'cities/1 is held by "Edit Paris" (person of ann). Nothing was acquired. Wait until they are free, or continue without them.',
        conflicts: [
          { records: ['cities/1'], lease: { holder: { label: 'Edit Paris', actor: { name: 'ann' } } } },
        ],
      },
    });
  });

  it("a guarded write of a task's record is refused with the progress of that task", async () => {
    const { task, gate } = gatedTask();
    const started = await rig({ face, tasks: [task] });
    const gateA = gate('a');
    await started.rowlock.startWorker();
    await started.rowlock.tasks.launch(
      task,
      { ids: ['1', '2'], gate: 'a' },
      { actor: { id: 'ann', name: 'Ann' } },
    );
    await gateA.started;
    const conflict = async () => (await put(started, '1')).body.conflicts?.[0];
    await until(async () => (await conflict())?.task?.progress.done === 1);
    expect(await conflict()).toMatchObject({ task: { state: 'running', label: 'Gated · 2' } });
    gateA.finish();
  });

  it('a guarded write runs under the lease that the caller proves to hold', async () => {
    const started = await rig({ face });
    const bo = await started.connect('bo');
    const ack = await bo.send('acquire', { records: ['cities/1'] });
    const lease = leaseOf(ack);
    const header = { 'Rowlock-Lease': `${lease.id}.${lease.secret}` };
    expect(await put(started, '1', header)).toMatchObject({ status: 200, body: { fence: lease.fence } });
    // The lease is for cities/1 alone; another record is held for the length of the request, as without it.
    expect(await put(started, '2', header)).toMatchObject({ status: 200 });
  });

  it("P4: a guarded write is refused under another user's lease, and does not renew it", async () => {
    const started = await rig({ face });
    const { registry } = started.rowlock.locks;
    const actor = { id: 'ann', name: 'Ann' };
    const { id: leaseId, secret } = await registry.acquire({
      holder: { type: 'person', id: 'tab', label: 'Edit Paris', actor },
      records: ['cities/1'],
    });
    const answer = await put(started, '1', { 'Rowlock-Lease': `${leaseId}.${secret}` });
    expect(answer).toMatchObject({ status: 409, body: { code: 'lease_lost' } });
    expect(await registry.getHeartbeat({ leaseId, secret })).toBe(0);
  });

  it('a guarded write uses one key for both Unicode forms of an id, and refuses a malformed id', async () => {
    const started = await rig({ face }, (id) => [recordKey('cities', id)]);
    const ann = await started.connect('ann');
    await ann.send('acquire', { records: [recordKey('cities', 'S\u00e8te')] });
    expect(await put(started, 'S\u00e8te')).toMatchObject({ status: 409, body: { code: 'conflict' } });
    expect(await put(started, 'Se\u0300te')).toMatchObject({ status: 409, body: { code: 'conflict' } });
    expect(await put(started, 'x'.repeat(129))).toMatchObject({ status: 400, body: { code: 'bad_request' } });
  });

  it('P1: a guarded write is refused under a lease that others share', async () => {
    const started = await rig({ face });
    const [ann, bo] = [await started.connect('ann'), await started.connect('bo')];
    await ann.send('acquire', { records: ['cities/1'], mode: 'shared', label: 'Export' });
    const ack = await bo.send('acquire', { records: ['cities/1'], mode: 'shared' });
    const lease = leaseOf(ack);
    const header = { 'Rowlock-Lease': `${lease.id}.${lease.secret}` };
    expect(await put(started, '1', header)).toMatchObject({ status: 409, body: { code: 'conflict' } });
  });

  it('a guarded write is refused with a forged secret, a malformed header, a malformed key, and without authentication', async () => {
    const started = await rig({ face });
    const ann = await started.connect('ann');
    const ack = await ann.send('acquire', { records: ['cities/1'] });
    expect(
      await put(started, '1', { 'Rowlock-Lease': `${leaseOf(ack).id}.${'f'.repeat(24)}` }),
    ).toMatchObject({
      status: 409,
      body: { code: 'lease_lost' },
    });
    expect(await put(started, '1', { 'Rowlock-Lease': 'mine' })).toMatchObject({ status: 400 });
    expect(await put(started, '%00')).toMatchObject({ status: 400, body: { code: 'bad_request' } });
    expect(await put(started, '1', { authorization: 'Bearer nobody' })).toMatchObject({ status: 401 });
    expect(await put(started, '1', { authorization: 'Bearer viewer' })).toMatchObject({ status: 403 });
  });

  it('P11: a guarded write is refused with 503 while Redis is away, and succeeds afterwards', async () => {
    const own = await startRedis();
    // The restart grace would refuse the write for a while, because Redis may have lost a lease.
    const lone = await startRig(own, { face, recovery: { graceMs: 0 } });
    await own.kill();
    expect(await put(lone, '1')).toMatchObject({ status: 503, body: { code: 'unavailable' } });
    await own.restart();
    await until(async () => (await put(lone, '1')).status === 200);
    await lone.close();
    await own.stop();
  });
});

describe('a guarded write on Express', () => {
  it('a guarded write of a client that left during acquire does not run, and keeps no lease', async () => {
    let grant = (_granted: boolean) => {};
    const heard: string[] = [];
    const { rowlock, connect } = await rig({
      authorize: ({ action }) =>
        action !== 'write' ||
        new Promise<boolean>((resolve) => {
          grant = resolve;
          heard.push('asked');
        }),
      subscribers: {
        leases: {
          onLease({ kind }) {
            if (kind === 'acquired') heard.push('acquired');
            if (kind === 'released') heard.push('ended');
          },
        },
      },
    });
    await connect('ann');
    let seen: Response | undefined;
    const app = express().put(
      '/cities/:id',
      (_request, response, next) => {
        seen = response;
        next();
      },
      rowlock.guard({ records: ({ params }) => [`cities/${params.id}`] }),
      () => void heard.push('written'),
    );
    const http = app.listen(0, '127.0.0.1');
    await once(http, 'listening');
    const abort = new AbortController();
    const sent = fetch(`http://127.0.0.1:${(http.address() as AddressInfo).port}/cities/1`, {
      method: 'PUT',
      headers: { authorization: 'Bearer bo' },
      signal: abort.signal,
    });
    await until(() => heard.includes('asked'));
    abort.abort();
    await expect(sent).rejects.toThrow('aborted');
    await until(() => seen?.closed, { what: 'the server to see that the client has gone' });
    grant(true);
    await until(() => heard.includes('ended'), { what: 'the lease to end' });
    expect(heard).toEqual(['asked', 'acquired', 'ended']);
    http.close();
  });

  it('P11: a guarded write is refused with 503 if Redis does not answer', async () => {
    const own = await startRedis();
    const lone = await startRig(own);
    own.pause();
    expect(await put(lone, '1')).toMatchObject({ status: 503 });
    own.resume();
    // The refused request's lease may have been granted after all, with nobody to hear of it: it expires.
    await until(async () => (await put(lone, '1')).status === 200, { timeoutMs: 15_000 });
    await lone.close();
    await own.stop();
  }, 30_000);
});
