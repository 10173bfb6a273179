import { expect, test } from 'vitest';
import { spendMs } from './spendMs.ts';

test('spendMs takes at least the given time and does not block others', async () => {
  let turns = 0;
  const turning = setInterval(() => turns++, 1);
  const startedAt = performance.now();
  await spendMs(8);
  clearInterval(turning);
  expect(performance.now() - startedAt).toBeGreaterThanOrEqual(8);
  expect(turns).toBeGreaterThan(0);
});
