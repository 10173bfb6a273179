import { until } from '@rowlock/test-utils';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startGazetteer, type TestGazetteer } from '../testing/startGazetteer.ts';
import { isFromHere } from './metricsRoute.ts';

let gazetteer: TestGazetteer;
beforeAll(async () => {
  gazetteer = await startGazetteer();
});
afterAll(() => gazetteer.close());

/** A header of a proxy on this machine, for a client elsewhere. */
const PROXIED = { 'X-Forwarded-For': '203.0.113.7' };
const metrics = (headers: Record<string, string> = {}) => fetch(`${gazetteer.url}/metrics`, { headers });

describe('/metrics', () => {
  it('/metrics shows counts of locks and tasks, but no names, to a client on this machine', async () => {
    const { rows } = (await gazetteer.call('ann', 'GET', '/api/cities?country=AD&pageSize=2')).body;
    const ids = rows.map(({ id }: { id: number }) => id);
    const input = { selection: { ids } };
    expect((await gazetteer.call('ann', 'POST', '/api/tasks/normalise-names', { input })).status).toBe(202);
    const text = await until(async () => {
      const response = await metrics();
      expect(response.headers.get('content-type')).toContain('text/plain');
      const seen = await response.text();
      return /^rowlock_tasks\{state="queued"\} 1$/m.test(seen) && seen;
    });
    expect(text).toMatch(/^rowlock_locked_records 2$/m);
    expect(text).toMatch(/^rowlock_acquires_total\{result="acquired"\} 1$/m);
    expect(text).toMatch(/^process_cpu_seconds_total /m);
    expect(text).not.toMatch(/Ann|normalise/);
  });

  it('/metrics is for admins only if the client is on another machine', async () => {
    expect((await metrics(PROXIED)).status).toBe(403);
    const asked = (user: string) => gazetteer.call(user, 'GET', '/metrics', undefined, PROXIED);
    expect((await asked('bo')).status).toBe(403);
    expect((await asked('ann')).status).toBe(200);
  });

  it.each([
    ['127.0.0.1', {}, true],
    ['::1', {}, true],
    ['::ffff:127.0.0.1', {}, true],
    ['203.0.113.7', {}, false],
    ['127.0.0.1', { forwarded: 'for=203.0.113.7' }, false],
    [undefined, {}, false],
  ])('a client at %s with headers %j is on this machine: %s', (remoteAddress, headers, isHere) => {
    expect(isFromHere({ socket: { remoteAddress }, headers } as Parameters<typeof isFromHere>[0])).toBe(
      isHere,
    );
  });
});
