/** Guarded writes whose client leaves while the handler runs. */
import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import { until } from '@rowlock/test-utils';
import express, { type Request, type RequestHandler } from 'express';
import { describe, expect, it, onTestFinished } from 'vitest';
import { acquire, gatewayFixture } from '../../test/fixtures/gatewayFixture.ts';
import type { Rig } from '../../test/fixtures/rig.ts';
import type { GuardOptions } from './express/guard.ts';
import type { GuardedWrite } from './guard/guardOptions.ts';

const { rig } = gatewayFixture();

/** Work that the test stops, and that reports its signal. */
function slowWork() {
  const seen: { signal?: AbortSignal; finish(error?: Error): void } = { finish() {} };
  async function work(signal: AbortSignal): Promise<void> {
    seen.signal = signal;
    await new Promise<void>((resolve, reject) => {
      seen.finish = (error) => (error ? reject(error) : resolve());
    });
  }
  return { work, seen };
}

type Work = ReturnType<typeof slowWork>['work'];

const handlerOf =
  (work: Work): RequestHandler =>
  async (_request, response) => {
    await work((response.locals.rowlock as GuardedWrite).signal);
    response.json({});
  };

const records = ({ params }: Request) => [`cities/${params.id}`] as const;

async function serve({ rowlock }: Rig, ...handlers: RequestHandler[]) {
  const app = express().put('/cities/:id', ...handlers);
  app.use(rowlock.errorHandler());
  return listen(app);
}

async function listen(listener: RequestListener) {
  const http = createServer(listener).listen(0, '127.0.0.1');
  onTestFinished(() => void http.close());
  await once(http, 'listening');
  return `http://127.0.0.1:${(http.address() as AddressInfo).port}/cities/1`;
}

/** Sends a write, and leaves once its handler runs. */
async function writeAndLeave(
  url: string,
  seen: { signal?: AbortSignal },
  headers: Record<string, string> = {},
) {
  const client = new AbortController();
  const sent = fetch(url, {
    method: 'PUT',
    headers: { authorization: 'Bearer ann', ...headers },
    signal: client.signal,
  });
  await until(() => seen.signal, { what: 'the handler to run' });
  client.abort();
  await expect(sent).rejects.toThrow('aborted');
}

const isHeld = async ({ rowlock }: Rig) => (await rowlock.locks.check(['cities/1'])).held.size === 1;
const untilFree = (started: Rig) =>
  until(async () => !(await isHeld(started)), { what: 'the row to be free' });

type Options = Pick<GuardOptions, 'keepAfterCloseMs'>;

/** Serves the work under each form of the guard. */
const forms: [string, (started: Rig, work: Work, options?: Options) => Promise<string>][] = [
  [
    'guard(options)',
    (started, work, options) =>
      serve(started, started.rowlock.guard({ records, ...options }), handlerOf(work)),
  ],
  [
    'guard(options, handler)',
    (started, work, options) =>
      serve(started, started.rowlock.guard({ records, ...options }, handlerOf(work))),
  ],
  [
    'guardRequest',
    ({ rowlock }, work, options) =>
      listen(
        getRequestListener(
          rowlock.guardRequest(
            { records: ({ url }) => [`cities/${url.split('/').at(-1)}`], ...options },
            async (_request, { signal }) => {
              await work(signal);
              return Response.json({});
            },
          ),
          // The error of a handler whose client has left.
          { errorHandler: () => new Response(null, { status: 500 }) },
        ),
      ),
  ],
];

describe.each(forms)('%s: a write whose client leaves', (_form, serveWork) => {
  it('P1: a write whose client leaves keeps its row until its handler has ended, and its signal aborts at once', async () => {
    const started = await rig();
    const { work, seen } = slowWork();
    await writeAndLeave(await serveWork(started, work), seen);
    await until(() => seen.signal?.aborted, { what: 'the signal to abort' });
    const other = await fetch(`${started.url}/cities/1`, {
      method: 'PUT',
      headers: { authorization: 'Bearer bo' },
    });
    expect(other.status).toBe(409);
    seen.finish();
    await untilFree(started);
  });

  it('a write whose client leaves frees its row if its handler throws', async () => {
    const started = await rig();
    const { work, seen } = slowWork();
    await writeAndLeave(await serveWork(started, work), seen);
    await until(() => seen.signal?.aborted, { what: 'the signal to abort' });
    expect(await isHeld(started)).toBe(true);
    seen.finish(new DOMException('Stopped', 'AbortError'));
    await untilFree(started);
  });

  it('a write whose handler never ends frees its row at the limit, and logs how to avoid that', async () => {
    const started = await rig();
    const { work, seen } = slowWork();
    const url = await serveWork(started, work, { keepAfterCloseMs: 50 });
    await writeAndLeave(url, seen);
    await untilFree(started);
    expect(started.logged).toEqual([expect.stringContaining('PUT /cities/1 has not ended 50 ms after')]);
  });

  it('a write of a tab that closes in mid-request keeps its row until its handler has ended', async () => {
    const started = await rig({ sessions: { disconnectGraceMs: 2_500 } });
    const { work, seen } = slowWork();
    const url = await serveWork(started, work);
    const ann = await started.connect('ann');
    const { leaseId, secret } = await acquire(ann, 'cities/1');
    ann.socket.disconnect();
    await writeAndLeave(url, seen, { 'Rowlock-Lease': `${leaseId}.${secret}` });
    await until(() => seen.signal?.aborted, { what: 'the signal to abort' });
    // The disconnect grace has passed when a later one of the same length has.
    const later = await started.connect('chen');
    await later.send('acquire', { records: ['cities/2'] });
    later.socket.disconnect();
    await until(async () => (await started.rowlock.locks.check(['cities/2'])).held.size === 0);
    expect(await isHeld(started)).toBe(true);
    seen.finish();
  });
});

describe('guard(options, handler)', () => {
  it('guard(options, handler) keeps the row of a handler that answers early until its promise settles', async () => {
    const started = await rig();
    let finish = () => {};
    let signal: AbortSignal | undefined;
    const url = await serve(
      started,
      started.rowlock.guard({ records }, async (_request, response) => {
        ({ signal } = response.locals.rowlock as GuardedWrite);
        response.status(202).json({});
        await new Promise<void>((resolve) => {
          finish = resolve;
        });
      }),
    );
    const answer = await fetch(url, { method: 'PUT', headers: { authorization: 'Bearer ann' } });
    expect(answer.status).toBe(202);
    expect(await isHeld(started)).toBe(true);
    expect(signal?.aborted).toBe(false);
    finish();
    await untilFree(started);
  });

  it('guard(options, handler) treats a handler without a promise like the middleware', async () => {
    const started = await rig();
    let answer = () => {};
    const handler: RequestHandler = (_request, response) => {
      answer = () => void response.json({});
    };
    const { seen } = slowWork();
    const url = await serve(
      started,
      started.rowlock.guard({ records }, (request, response, next) => {
        seen.signal = (response.locals.rowlock as GuardedWrite).signal;
        return handler(request, response, next);
      }),
    );
    await writeAndLeave(url, seen);
    await until(() => seen.signal?.aborted, { what: 'the signal to abort' });
    expect(await isHeld(started)).toBe(true);
    answer();
    await untilFree(started);
  });
});

describe('a guarded write under the lease of a tab', () => {
  it('P4: a guarded write under the lease of a tab aborts its signal if the lease ends', async () => {
    const started = await rig();
    const { work, seen } = slowWork();
    const url = await serve(started, started.rowlock.guard({ records }, handlerOf(work)));
    const ann = await started.connect('ann');
    const { leaseId, secret } = await acquire(ann, 'cities/1');
    const sent = fetch(url, {
      method: 'PUT',
      headers: { authorization: 'Bearer ann', 'Rowlock-Lease': `${leaseId}.${secret}` },
    });
    await until(() => seen.signal, { what: 'the handler to run' });
    await ann.send('release', { leaseId, secret });
    await until(() => seen.signal?.aborted, { what: 'the signal to abort' });
    expect(seen.signal?.reason).toMatchObject({ code: 'lease_lost' });
    seen.finish();
    await sent;
  });
});
