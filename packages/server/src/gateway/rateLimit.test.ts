import { describe, expect, it } from 'vitest';
import { systemClock } from '../clock.ts';
import { createKeyedRateLimit, createRateLimit, type RateLimit } from './rateLimit.ts';

function limited(limit: number) {
  let nowMs = 0;
  const allow = createRateLimit(limit, { ...systemClock, nowMs: () => nowMs });
  return {
    allow,
    at: (ms: number) => {
      nowMs = ms;
    },
  };
}
const count = (allow: RateLimit, tries: number) =>
  Array.from({ length: tries }, () => allow()).filter(Boolean).length;

describe('a rate limit', () => {
  it('a rate limit allows its number in ten seconds, and refuses more', () => {
    const { allow } = limited(5);
    expect(count(allow, 8)).toBe(5);
  });

  it('a rate limit does not allow twice as many at the border of two windows', () => {
    const { allow, at } = limited(10);
    at(9_900);
    expect(count(allow, 10)).toBe(10);
    at(10_100);
    expect(count(allow, 10)).toBe(1);
  });

  it('a rate limit counts the cost of each call, and a cost of 0 asks without counting', () => {
    const { allow } = limited(10);
    expect([allow(9), allow(0), allow(9), allow(0), allow()]).toEqual([true, true, true, false, false]);
  });

  it('a rate limit forgets everything after a pause of two windows', () => {
    const { allow, at } = limited(3);
    expect(count(allow, 9)).toBe(3);
    at(25_000);
    expect(count(allow, 9)).toBe(3);
  });
});

describe('a rate limit by keys', () => {
  it('a rate limit by keys counts each key apart, and forgets quiet keys', () => {
    let nowMs = 0;
    const { allow, size } = createKeyedRateLimit(2, { ...systemClock, nowMs: () => nowMs });
    expect([allow('ann'), allow('ann'), allow('ann'), allow('bo')]).toEqual([true, true, false, true]);
    for (let i = 0; i < 1_000; i++) allow(`address-${i}`);
    nowMs = 30_000;
    expect(allow('ann')).toBe(true);
    expect(size()).toBe(1);
  });
});
