/** Requests that cannot be read or found are answered as problem+json, without internal details. */
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { FACES } from '../../test/fixtures/faces.ts';
import { gatewayFixture } from '../../test/fixtures/gatewayFixture.ts';

const { rig } = gatewayFixture();

const post = (body: string | Uint8Array<ArrayBuffer>, headers: Record<string, string> = {}): RequestInit => ({
  method: 'POST',
  body,
  headers: { 'content-type': 'application/json', ...headers },
});
const TOO_MUCH = JSON.stringify({ text: 'x'.repeat(200_000) });

const withUser = (init: RequestInit): RequestInit => ({
  ...init,
  headers: { authorization: 'Bearer ann', ...(init.headers as Record<string, string>) },
});

async function expectProblem(response: Response, status: number, code: string): Promise<void> {
  expect(response.headers.get('content-type')).toContain('application/problem+json');
  expect(response.headers.get('cache-control')).toBe('no-store');
  const problem = (await response.json()) as Record<string, unknown>;
  expect(problem).toMatchObject({ status, code, type: `urn:rowlock:problem:${code}` });
  expect(problem.message).toBe(problem.detail);
  expect(response.status).toBe(status);
  expect(JSON.stringify(problem)).not.toMatch(/node_modules|\.[jt]s:\d|Error:|Z_DATA|\\n/);
}

const refusals: [what: string, path: string, init: RequestInit, status: number, code: string][] = [
  ['an oversized beacon', '/rowlock/leases/release', post(TOO_MUCH), 413, 'too_large'],
  ['an oversized JSON body', '/rowlock/tasks/1/retry', post(TOO_MUCH), 413, 'too_large'],
  [
    'a compressed body that unfolds to too much',
    '/rowlock/leases/release',
    post(gzipSync(TOO_MUCH), { 'content-encoding': 'gzip' }),
    413,
    'too_large',
  ],
  ['a broken JSON body', '/rowlock/tasks/1/retry', post('{"onlyFailed":'), 400, 'bad_request'],
  [
    'an unknown compression',
    '/rowlock/leases/release',
    post('{}', { 'content-encoding': 'snappy' }),
    400,
    'bad_request',
  ],
  [
    'a broken compression',
    '/rowlock/leases/release',
    post('{}', { 'content-encoding': 'gzip' }),
    400,
    'bad_request',
  ],
  [
    'an unknown character set',
    '/rowlock/tasks/1/retry',
    post('{}', { 'content-type': 'application/json; charset=ebcdic' }),
    400,
    'bad_request',
  ],
  ['an address that cannot be decoded', '/rowlock/tasks/%E0%A4%A', {}, 400, 'bad_request'],
  ['an unknown route', '/rowlock/nothing', {}, 404, 'not_found'],
  ['an unknown method', '/rowlock/tasks', { method: 'DELETE' }, 404, 'not_found'],
];

/** Each request as each face gets it. */
const cases = FACES.flatMap((face) => refusals.map((refusal) => [face, ...refusal] as const));

describe('a request that cannot be read or found', () => {
  it.each(cases)(
    '%s: a request that cannot be read or found gets a problem: %s',
    async (face, _what, path, init, status, code) => {
      const { fetch } = await rig({ face });
      await expectProblem(await fetch(path, withUser(init)), status, code);
    },
  );

  it('an undecodable address of the application gets a problem on Express', async () => {
    const { fetch } = await rig();
    await expectProblem(await fetch('/cities/%E0%A4%A', withUser({ method: 'PUT' })), 400, 'bad_request');
  });

  it.each(FACES)('%s: a fault of the server is described in the log only', async (face) => {
    const { fetch, logged } = await rig({
      face,
      authenticate() {
        throw new Error('password of the session store: hunter2');
      },
    });
    const response = await fetch('/rowlock/tasks');
    expect(response.status).toBe(500);
    expect(await response.json()).toMatchObject({
      code: 'internal',
      detail: expect.not.stringContaining('hunter2'),
    });
    expect(logged).toEqual([expect.stringContaining('GET /tasks failed Error: password')]);
  });
});
