/** The change of a guarded write, if its client leaves, its handler continues, or Redis goes away. */
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { type RecordKey, VERSION_HEADER } from '@rowlock/protocol';
import { startRedis, until } from '@rowlock/test-utils';
import express, { type RequestHandler } from 'express';
import { describe, expect, it, onTestFinished } from 'vitest';
import { deferred } from '../../test/fixtures/deferred.ts';
import { gatewayFixture } from '../../test/fixtures/gatewayFixture.ts';
import { type Rig, startRig } from '../../test/fixtures/rig.ts';

const { rig } = gatewayFixture();
const records = (): RecordKey[] => ['cities/1'];
const headers = { authorization: 'Bearer ann' };

async function serve(...handlers: RequestHandler[]) {
  const http = express()
    .put('/cities/1', ...handlers)
    .listen(0, '127.0.0.1');
  onTestFinished(() => void http.close());
  await once(http, 'listening');
  return `http://127.0.0.1:${(http.address() as AddressInfo).port}/cities/1`;
}

/** A handler that the test ends, and how its client leaves meanwhile. */
function heldHandler(how: 'answers' | 'returns' | 'fails' | 'throws') {
  const began = deferred<void>();
  const go = deferred<void>();
  const handler: RequestHandler = async (_request, response) => {
    began.resolve();
    await go.promise;
    if (how === 'answers') response.json({});
    if (how === 'fails') response.status(500).json({});
    if (how === 'throws') throw new DOMException('Stopped', 'AbortError');
  };
  return {
    handler,
    finish: () => go.resolve(),
    async sendAndLeave(url: string) {
      const client = new AbortController();
      const sent = fetch(url, { method: 'PUT', headers, signal: client.signal });
      await began.promise;
      client.abort();
      await expect(sent).rejects.toThrow('aborted');
    },
  };
}

const untilFree = ({ rowlock }: Rig) =>
  until(async () => (await rowlock.locks.check(['cities/1'])).held.size === 0, {
    what: 'the row to be free',
  });

describe('a write whose client leaves', () => {
  it.each([
    ['wrapper', 'answers', true],
    ['wrapper', 'returns', true],
    ['wrapper', 'fails', false],
    ['wrapper', 'throws', false],
    ['middleware', 'answers', true],
    ['middleware', 'fails', false],
  ] as const)(
    'P16: a write by %s, whose client leaves and whose handler then %s, is noted before the row is free: %s',
    async (form, how, isNoted) => {
      const started = await rig();
      const { guard, versions } = started.rowlock;
      const { handler, finish, sendAndLeave } = heldHandler(how);
      const url = await serve(
        ...(form === 'wrapper' ? [guard({ records }, handler)] : [guard({ records }), handler]),
      );
      const before = await versions.current();
      await sendAndLeave(url);
      expect(await versions.current()).toBe(before);
      finish();
      await untilFree(started);
      expect((await versions.current()) > before).toBe(isNoted);
    },
  );
});

describe('a handler that answers early and continues', () => {
  it('P16: the change of a handler that answers early is noted again when it has ended, before the row is free', async () => {
    const started = await rig();
    const { guard, versions } = started.rowlock;
    const go = deferred<void>();
    const url = await serve(
      guard({ records }, async (_request, response) => {
        response.status(202).json({});
        await go.promise;
      }),
    );
    const answer = await fetch(url, { method: 'PUT', headers });
    const first = Number(answer.headers.get(VERSION_HEADER));
    expect(await versions.current()).toBe(first);
    go.resolve();
    await untilFree(started);
    expect(await versions.current()).toBeGreaterThan(first);
  });

  it('a handler that ends with its answer is noted once', async () => {
    const started = await rig();
    const { guard, versions } = started.rowlock;
    const url = await serve(
      guard({ records }, async (_request, response) => {
        await Promise.resolve();
        response.json({});
      }),
    );
    const answer = await fetch(url, { method: 'PUT', headers });
    await untilFree(started);
    expect(await versions.current()).toBe(Number(answer.headers.get(VERSION_HEADER)));
  });
});

describe('a write whose note Redis does not answer', () => {
  it('P16: a write without a note keeps its records locked until Redis answers and the change is noted', async () => {
    const own = await startRedis({ appendonly: 'always' });
    const lone = await startRig(own, { recovery: { graceMs: 0 } });
    onTestFinished(() => lone.close().then(() => own.stop()));
    const { guard, versions } = lone.rowlock;
    const before = await versions.current();
    const url = await serve(
      guard({ records }, async (_request, response) => {
        own.pause();
        response.json({ saved: true });
      }),
    );
    const answer = await fetch(url, { method: 'PUT', headers });
    expect(answer.status).toBe(200);
    expect(answer.headers.get(VERSION_HEADER)).toBeNull();
    own.resume();
    await untilFree(lone);
    expect(await versions.current()).toBeGreaterThan(before);
    expect(lone.logged.filter((line) => line.includes('could not be noted'))).toEqual([]);
  }, 30_000);
});
