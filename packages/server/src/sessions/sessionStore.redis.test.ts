import { startRedis, type TestRedis } from '@rowlock/test-utils';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newNamespace } from '../../test/fixtures/rig.ts';
import { keysOf } from '../redis/keys.ts';
import { createSessionStore, SESSION_TTL_MS } from './sessionStore.ts';

let server: TestRedis;
let redis: Redis;
beforeAll(async () => {
  server = await startRedis();
  redis = new Redis(server.url);
});
afterAll(async () => {
  redis.disconnect();
  await server.stop();
});
function openStore() {
  const keys = keysOf(newNamespace());
  return { store: createSessionStore(redis, keys), key: keys.session('tab-1-of-the-test') };
}
const session = { sessionId: 'tab-1-of-the-test', secret: 'the-secret-of-tab-1' };
const guess = { ...session, secret: 'another-secret-of-1' };

describe('a session', () => {
  it('a session is unknown until it is opened, and can be opened again', async () => {
    const { store } = openStore();
    expect(await store.examine(session, 'ann')).toBe('unknown');
    expect(await store.open(session, 'ann')).toEqual({});
    expect(await store.open(session, 'ann')).toEqual({});
    expect(await store.examine(session, 'ann')).toBe('proven');
  });

  it('P4: a session is proven by its own secret for its own user alone', async () => {
    const { store } = openStore();
    await store.open(session, 'ann');
    expect(await store.examine(guess, 'ann')).toBe('foreign');
    expect(await store.examine(session, 'bo')).toBe('foreign');
    await expect(store.open(guess, 'ann')).rejects.toMatchObject({ code: 'forbidden' });
    await expect(store.open(guess, 'bo')).rejects.toMatchObject({ code: 'forbidden' });
    expect(await store.examine(session, 'ann')).toBe('proven');
  });

  it('a session passes to another user only after the leases of the user before have ended', async () => {
    const { store } = openStore();
    await store.open(session, 'ann');
    // Asked again, for instance because the process crashed before it had ended the leases.
    expect(await store.open(session, 'bo')).toEqual({ occupantId: 'ann' });
    expect(await store.open(session, 'bo')).toEqual({ occupantId: 'ann' });
    expect(await store.open(session, 'bo', 'cy')).toEqual({ occupantId: 'ann' });
    expect(await store.examine(session, 'ann')).toBe('proven');
    expect(await store.open(session, 'bo', 'ann')).toEqual({});
    expect(await store.examine(session, 'bo')).toBe('proven');
    expect(await store.examine(session, 'ann')).toBe('foreign');
  });

  it('P4: a session that has ended is not opened again, and proves nothing', async () => {
    const { store, key } = openStore();
    expect(await store.end(session)).toBeUndefined();
    await store.open(session, 'ann');
    await expect(store.end(guess)).rejects.toMatchObject({ code: 'forbidden' });
    expect(await store.examine(session, 'ann')).toBe('proven');
    expect(await store.end(session)).toEqual({ actorId: 'ann' });
    // Asked again, for instance because the process crashed before it had ended the leases.
    expect(await store.end(session)).toEqual({ actorId: 'ann' });
    expect(await store.examine(session, 'ann')).toBe('ended');
    for (const user of ['ann', 'bo']) {
      await expect(store.open(session, user)).rejects.toMatchObject({ code: 'forbidden' });
    }
    expect(await redis.pttl(key)).toBeGreaterThan(SESSION_TTL_MS - 60_000);
  });

  it('Redis has no secret of a session, and forgets the session in time', async () => {
    const { store, key } = openStore();
    await store.open(session, 'ann');
    expect(JSON.stringify(await redis.hgetall(key))).not.toContain(session.secret);
    const ttlMs = await redis.pttl(key);
    expect(ttlMs).toBeGreaterThan(SESSION_TTL_MS - 60_000);
    expect(ttlMs).toBeLessThanOrEqual(SESSION_TTL_MS);
  });

  it('a session cannot be opened or examined without Redis', async () => {
    const away = new Redis({
      port: 1,
      lazyConnect: true,
      enableOfflineQueue: false,
      retryStrategy: () => null,
    });
    const store = createSessionStore(away, keysOf('away'));
    await expect(store.open(session, 'ann')).rejects.toMatchObject({ code: 'unavailable' });
    await expect(store.examine(session, 'ann')).rejects.toMatchObject({ code: 'unavailable' });
    away.disconnect();
  });
});
