import { expect, test } from 'vitest';
import { createPlan, planRounds } from './plan.ts';

test('small sizes run more rounds than large ones', () => {
  const { sizes, costRounds } = createPlan({});
  expect(sizes.map(costRounds)).toEqual([1_000, 300, 100, 15]);
});

test('a quick run measures the same sizes in fewer rounds', () => {
  expect(createPlan({ isQuick: true }).sizes).toEqual(createPlan({}).sizes);
  expect(createPlan({ isQuick: true }).costRounds(10_000)).toBe(8);
});

test('the given number of rounds applies to every part', () => {
  const plan = createPlan({ rounds: 7 });
  expect([plan.costRounds(1), plan.flatRounds, plan.subtreeRounds, plan.blockingRounds]).toEqual([
    7, 7, 7, 7,
  ]);
});

test('a system that sends one call a record runs fewer rounds, or none with a reason', () => {
  expect(planRounds('redis-semaphore', 100, 300)).toBe(300);
  expect(planRounds('redis-semaphore', 10_000, 100)).toBe(10);
  expect(planRounds('redis-semaphore', 50_000, 15)).toMatchObject({
    records: 50_000,
    reason: expect.any(String),
  });
  expect(planRounds('PostgreSQL table', 50_000, 15)).toBe(3);
});
