import { describe, expect, it } from 'vitest';
import { gatewayFixture } from '../../../test/fixtures/gatewayFixture.ts';

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
});
