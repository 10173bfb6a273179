import { expect, test } from 'vitest';
import { planOf, share } from './plan.ts';

test('small sizes run more rounds than large ones', () => {
  const { sizes, costRounds } = planOf({});
  expect(sizes.map(costRounds)).toEqual([1_000, 300, 100, 15]);
});

test('a quick run measures the same, in fewer rounds', () => {
  expect(planOf({ isQuick: true }).sizes).toEqual(planOf({}).sizes);
  expect(planOf({ isQuick: true }).costRounds(10_000)).toBe(8);
});

test('rounds that are asked for hold for every part', () => {
  const plan = planOf({ rounds: 7 });
  expect([plan.costRounds(1), plan.flatRounds, plan.subtreeRounds, plan.blockingRounds]).toEqual([
    7, 7, 7, 7,
  ]);
});

test('what sends a call a record runs fewer rounds of many, and none of very many, for a reason', () => {
  expect(share('redis-semaphore', 100, 300)).toBe(300);
  expect(share('redis-semaphore', 10_000, 100)).toBe(10);
  expect(share('redis-semaphore', 50_000, 15)).toMatchObject({ records: 50_000, reason: expect.any(String) });
  expect(share('PostgreSQL table', 50_000, 15)).toBe(3);
});
