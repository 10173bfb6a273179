import { expect, test } from 'vitest';
import { needsOf } from './needs.mjs';

test.each([
  [['locks', '--quick'], { redis: true, postgres: true }],
  [['fencing'], { redis: false, postgres: true }],
  [['tasks'], { redis: true, postgres: false }],
  [['live', '--json'], { redis: true, postgres: false }],
  [['live', '--help'], { redis: false, postgres: false }],
  [['react'], { redis: false, postgres: false, browser: true }],
  [[], { redis: false, postgres: false, browser: false }],
])('the bench %j needs %j', (args, needs) => {
  expect(needsOf(args)).toMatchObject(needs);
});

test('a bench needs a Redis that it can start itself', () => {
  expect(needsOf(['locks'])).toMatchObject({ redisProgram: true });
});
