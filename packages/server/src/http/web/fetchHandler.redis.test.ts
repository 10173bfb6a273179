import { describe, expect, it } from 'vitest';
import { gatewayFixture } from '../../../test/fixtures/gatewayFixture.ts';
import type { Credentials } from '../../credentials.ts';

const { rig } = gatewayFixture();

describe('fetchHandler', () => {
  it('fetchHandler serves the routes below its base path alone', async () => {
    const { rowlock } = await rig();
    const handler = rowlock.fetchHandler({ basePath: '/api/locks/' });
    const get = (path: string, method = 'GET') =>
      handler(new Request(`https://app.example${path}`, { method }));
    expect(await (await get('/api/locks/health')).json()).toEqual({ redis: 'reachable' });
    expect((await get('/rowlock/health')).status).toBe(404);
    expect((await get('/api/lockshealth')).status).toBe(404);
    const head = await get('/api/locks/health', 'HEAD');
    expect([head.status, await head.text()]).toEqual([200, '']);
  });

  it('fetchHandler gives authenticate the Web request, its address and its headers', async () => {
    const seen: Credentials[] = [];
    const { rowlock } = await rig({
      authenticate(credentials) {
        seen.push(credentials);
        return null;
      },
    });
    const request = new Request('https://app.example/rowlock/tasks?limit=1', {
      headers: { Cookie: 'sid=1' },
    });
    expect((await rowlock.fetchHandler()(request)).status).toBe(401);
    expect(seen).toHaveLength(1);
    expect(seen[0]).toMatchObject({
      url: request.url,
      auth: {},
      headers: { cookie: 'sid=1', host: 'app.example' },
    });
    expect(seen[0]?.webRequest).toBe(request);
    expect(seen[0]?.request).toBeUndefined();
  });
});
