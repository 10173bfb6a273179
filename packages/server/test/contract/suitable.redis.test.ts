import { expect, it } from 'vitest';
import { useRedis } from '../fixtures/lockFixture.ts';

const { open } = useRedis({ args: ['--maxmemory-policy', 'allkeys-lru'] });

it('start warns once of a Redis that may evict locks', async () => {
  const warned: string[] = [];
  const logger = { info() {}, warn: (message: string) => warned.push(message), error() {} };
  const { locks } = await open({ logger });
  await locks.start();
  expect(warned).toEqual([expect.stringContaining('"allkeys-lru"')]);
  expect(warned[0]).toContain('Set it to "noeviction"');
});
