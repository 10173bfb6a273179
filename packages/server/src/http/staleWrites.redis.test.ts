/** P16 over HTTP: writes on old data are refused, and every write is noted before anybody else can write. */
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { type ProblemBody, SESSION_HEADER, VERSION_HEADER } from '@rowlock/protocol';
import { startRedis, until } from '@rowlock/test-utils';
import express, { type Request, type RequestHandler } from 'express';
import { describe, expect, it, onTestFinished } from 'vitest';
import { acquire, gatewayFixture } from '../../test/fixtures/gatewayFixture.ts';
import { type Rig, startRig } from '../../test/fixtures/rig.ts';
import { reportingTask } from '../../test/fixtures/taskFixture.ts';
import type { GuardOptions } from './express/guard.ts';

const { rig } = gatewayFixture();
const records = ({ params }: Request) => [`cities/${params.id}`] as const;

/** An application with a table of cities: reads answer with their version, writes are guarded. */
async function serve({ rowlock }: Rig, write: RequestHandler = save, options: Partial<GuardOptions> = {}) {
  const app = express();
  app.use(express.json());
  app.get('/cities/:id', rowlock.versioned(), (_request, response) => void response.json({}));
  app.put('/cities/:id', rowlock.guard({ records, ...options }, write));
  app.patch('/cities/:id', rowlock.guard({ records, ...options }), write);
  app.use(rowlock.errorHandler());
  const http = app.listen(0, '127.0.0.1');
  onTestFinished(() => void http.close());
  await once(http, 'listening');
  return clientOf(`http://127.0.0.1:${(http.address() as AddressInfo).port}`);
}
const tabOfAnn = { [SESSION_HEADER]: 'the-tab-of-ann-1.the-secret-of-ann-1' };
const save: RequestHandler = (_request, response) => void response.json({ saved: true });

function clientOf(url: string) {
  const send = async (user: string, id: string, headers: Record<string, string> = {}, method = 'PUT') => {
    const response = await fetch(`${url}/cities/${id}`, {
      method,
      headers: { authorization: `Bearer ${user}`, ...headers },
    });
    return {
      status: response.status,
      version: Number(response.headers.get(VERSION_HEADER) ?? Number.NaN),
      body: (await response.json()) as ProblemBody & Record<string, unknown>,
    };
  };
  return {
    url,
    send,
    load: async (id = '1') => (await send('ann', id, {}, 'GET')).version,
    /** A write on data of that version */
    on: (version: number, more: Record<string, string> = {}) => ({
      [VERSION_HEADER]: String(version),
      ...more,
    }),
  };
}

const leaseHeader = ({ leaseId, secret }: { leaseId: string; secret: string }) => ({
  'Rowlock-Lease': `${leaseId}.${secret}`,
});

describe('a write that names the version of its data', () => {
  it('P16: a write on old data is refused, with the changes and the current version, and passes after a reload', async () => {
    const app = await serve(await rig());
    const loaded = await app.load();
    const saved = await app.send('bo', '1', app.on(loaded));
    expect(saved).toMatchObject({ status: 200, body: { saved: true } });
    expect(saved.version).toBeGreaterThan(loaded);
    const refused = await app.send('ann', '1', app.on(loaded));
    expect(refused).toMatchObject({
      status: 409,
      body: {
        code: 'stale',
        version: saved.version,
        detail: expect.stringContaining('cities/1 has changed since the data was loaded by bo'),
        changes: [
          {
            version: saved.version,
            how: 'write',
            actor: { id: 'bo' },
            records: ['cities/1'],
            recordCount: 1,
          },
        ],
      },
    });
    expect(await app.send('ann', '2', app.on(loaded))).toMatchObject({ status: 200 });
    expect(await app.send('ann', '1', app.on(await app.load()))).toMatchObject({ status: 200 });
  });

  it('P16: a refused write keeps no lock, and its handler does not run', async () => {
    let writes = 0;
    const started = await rig();
    const app = await serve(started, (_request, response) => void response.json({ writes: ++writes }));
    const loaded = await app.load();
    await app.send('bo', '1');
    expect(await app.send('ann', '1', app.on(loaded))).toMatchObject({ status: 409 });
    expect(writes).toBe(1);
    await until(async () => (await started.rowlock.locks.check(['cities/1'])).held.size === 0);
  });

  it('P16: a tab saves twice under its lease on the first try, and is refused after a change in between', async () => {
    const started = await rig();
    const app = await serve(started);
    const ann = await started.connect('ann');
    const lease = await acquire(ann, 'cities/1');
    const loaded = await app.load();
    const headers = app.on(loaded, leaseHeader(lease));
    expect(await app.send('ann', '1', headers)).toMatchObject({ status: 200 });
    expect(await app.send('ann', '1', headers)).toMatchObject({ status: 200 });
    await started.rowlock.changed(['cities/1'], { by: 'import' });
    expect(await app.send('ann', '1', headers)).toMatchObject({
      status: 409,
      body: { code: 'stale', changes: [{ how: 'application', by: 'import' }] },
    });
  });

  it('P16: a delayed write after its form is gone passes if nothing has changed, and is refused otherwise', async () => {
    const started = await rig();
    const app = await serve(started);
    const ann = await started.connect('ann');
    const lease = await acquire(ann, 'cities/1');
    const loaded = await app.load();
    await ann.send('release', lease);
    const undoable = app.on(loaded, tabOfAnn);
    expect(await app.send('ann', '1', undoable)).toMatchObject({ status: 200 });
    expect(await app.send('ann', '1', undoable)).toMatchObject({ status: 200 });
    await app.send('bo', '1');
    expect(await app.send('ann', '1', undoable)).toMatchObject({ status: 409, body: { code: 'stale' } });
  });

  it('P16: a replay of writes after a time offline passes in order, except for records that somebody else has written', async () => {
    const app = await serve(await rig());
    const loaded = await app.load();
    await app.send('bo', '2');
    const replay = (id: string) => app.send('ann', id, app.on(loaded, tabOfAnn));
    const answers = [];
    for (const id of ['1', '1', '2', '3']) answers.push((await replay(id)).status);
    expect(answers).toEqual([200, 200, 409, 200]);
    // The same user in another tab is another writer.
    const other = await app.send(
      'ann',
      '1',
      app.on(loaded, { [SESSION_HEADER]: 'another-tab-of-ann.secret-of-another-tab' }),
    );
    expect(other).toMatchObject({ status: 409, body: { code: 'stale' } });
    // The answer of a write is the version for the next write of the same record.
    const saved = await app.send('bo', '4', app.on(loaded));
    expect(await app.send('bo', '4', app.on(saved.version))).toMatchObject({ status: 200 });
  });

  it('P16: a write is refused if a task has changed the row meanwhile', async () => {
    const task = reportingTask();
    const started = await rig({ tasks: [task] });
    const app = await serve(started);
    const loaded = await app.load();
    await started.rowlock.startWorker();
    const { id } = (
      await started.rowlock.tasks.launch(task, { ids: ['1'] }, { actor: { id: 'bo', name: 'Bo' } })
    ).task;
    await until(async () => (await started.rowlock.tasks.get(id))?.state === 'completed');
    expect(await app.send('ann', '1', app.on(loaded))).toMatchObject({
      status: 409,
      body: {
        code: 'stale',
        detail: expect.stringContaining('cities/1 has changed since the data was loaded by a task of Bo'),
        changes: [{ how: 'task', by: id, actor: { id: 'bo' } }],
      },
    });
  });

  it("P16: a write under another user's session does not count as a change of that user", async () => {
    const app = await serve(await rig());
    const loaded = await app.load();
    await app.send('bo', '1', tabOfAnn);
    expect(await app.send('ann', '1', app.on(loaded, tabOfAnn))).toMatchObject({ status: 409 });
  });

  it('P16: one of two writes at once on the same data passes, and the other is refused', async () => {
    const app = await serve(await rig());
    for (let round = 0; round < 10; round++) {
      const loaded = await app.load();
      const answers = await Promise.all(['ann', 'bo'].map((user) => app.send(user, '1', app.on(loaded))));
      expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
    }
  });

  it('P16: If-Match names the version too, unless it is the application’s own', async () => {
    const started = await rig();
    const app = await serve(started);
    const loaded = await app.load();
    expect(await app.send('ann', '1', { 'If-Match': `"${loaded}"` })).toMatchObject({ status: 200 });
    expect(await app.send('bo', '1', { 'If-Match': `"${loaded}"` })).toMatchObject({ status: 409 });
    const both = { 'If-Match': `"${loaded}"`, [VERSION_HEADER]: String(loaded + 1) };
    expect(await app.send('bo', '1', both)).toMatchObject({ status: 400, body: { code: 'bad_request' } });
    const own = await serve(started, save, { ifMatch: false });
    expect(await own.send('bo', '1', { 'If-Match': '"abc"' })).toMatchObject({ status: 200 });
  });

  it.each([
    [VERSION_HEADER, 'new'],
    [VERSION_HEADER, '-1'],
    ['If-Match', '"abc"'],
    ['If-Match', '*'],
    [SESSION_HEADER, 'a b'],
  ])('a write with the malformed header %s: %s is refused with 400', async (name, value) => {
    const app = await serve(await rig());
    expect(await app.send('ann', '1', { [name]: value })).toMatchObject({
      status: 400,
      body: { code: 'bad_request' },
    });
  });

  it('P11, P16: a route that reads works without Redis, and a write on its data is refused afterwards', async () => {
    const own = await startRedis();
    const lone = await startRig(own, { recovery: { graceMs: 0 } });
    onTestFinished(() => lone.close().then(() => own.stop()));
    const app = await serve(lone);
    await own.kill();
    const loaded = await app.load();
    expect(loaded).toBe(0);
    await own.restart();
    await until(async () => (await app.send('bo', '2')).status === 200, { what: 'writes to pass again' });
    expect(await app.send('ann', '1', app.on(loaded))).toMatchObject({
      status: 409,
      body: { code: 'stale' },
    });
  });
});

describe('the change of a guarded write', () => {
  it('P16: a write is noted before its answer ends, by middleware and wrapper', async () => {
    const { rowlock, ...started } = await rig();
    const app = await serve({ rowlock, ...started });
    for (const method of ['PUT', 'PATCH']) {
      const before = await rowlock.versions.current();
      const { version } = await app.send('ann', '1', {}, method);
      expect(version).toBeGreaterThan(before);
      expect(await rowlock.versions.current()).toBe(version);
    }
  });

  it('a write that is refused or fails is not noted', async () => {
    const { rowlock, ...started } = await rig();
    const app = await serve({ rowlock, ...started }, (request, response) => {
      if (request.params.id === '1') throw new Error('The table is full');
      response.status(422).json({});
    });
    const before = await rowlock.versions.current();
    for (const [user, id] of [
      ['ann', '2'],
      ['viewer', '1'],
    ] as const) {
      const { version } = await app.send(user, id);
      expect(version).toBeNaN();
    }
    await fetch(`${app.url}/cities/1`, { method: 'PUT', headers: { authorization: 'Bearer ann' } });
    expect(await rowlock.versions.current()).toBe(before);
  });

  it('an answer that waits for its note is frozen: a later status, header or end has no effect', async () => {
    const app = await serve(await rig(), (_request, response) => {
      response.status(201).json({ saved: true });
      response.status(500).setHeader('X-Late', 'yes');
      response.json({ late: true });
      response.end();
    });
    const response = await fetch(`${app.url}/cities/1`, {
      method: 'PATCH',
      headers: { authorization: 'Bearer ann' },
    });
    expect(response.status).toBe(201);
    expect(response.headers.get('x-late')).toBeNull();
    expect(await response.json()).toEqual({ saved: true });
  });

  it('a streamed answer is noted at its end', async () => {
    const { rowlock, ...started } = await rig();
    const app = await serve({ rowlock, ...started }, (_request, response) => {
      response.type('json').write('{"saved":');
      setImmediate(() => response.end('true}'));
    });
    const before = await rowlock.versions.current();
    const { status, body, version } = await app.send('ann', '1', {}, 'PATCH');
    expect({ status, body, version }).toEqual({ status: 200, body: { saved: true }, version: Number.NaN });
    expect(await rowlock.versions.current()).toBeGreaterThan(before);
  });
});
