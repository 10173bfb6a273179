import { expect, test } from 'vitest';
import { spendMs } from './spendMs.ts';

test('never takes less than was asked for, nor blocks others meanwhile', async () => {
  let turns = 0;
  const turning = setInterval(() => turns++, 1);
  const startedAt = performance.now();
  await spendMs(8);
  clearInterval(turning);
  expect(performance.now() - startedAt).toBeGreaterThanOrEqual(8);
  expect(turns).toBeGreaterThan(0);
});
