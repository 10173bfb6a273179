import { expect, test } from 'vitest';
import { summary } from './polling.ts';

test('the ratios are the medians of polling divided by the live channel', () => {
  const round = (cpuMs: number) => ({
    live: { cpuMs: 10, bytes: 100, delayMs: 50 },
    polling: { cpuMs, bytes: 1_000, delayMs: 500 },
  });
  expect(summary([round(90), round(120), round(300)])).toEqual({
    live: { cpuMs: 10, bytes: 100, delayMs: 50 },
    polling: { cpuMs: 120, bytes: 1_000, delayMs: 500 },
    ratios: { cpuMs: 12, bytes: 10, delayMs: 10 },
  });
});
