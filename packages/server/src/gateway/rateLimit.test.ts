import { describe, expect, it } from 'vitest';
import { systemClock } from '../clock.ts';
import { createRateLimit } from './rateLimit.ts';

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
const count = (allow: () => boolean, tries: number) =>
  Array.from({ length: tries }, allow).filter(Boolean).length;

describe('a rate limit', () => {
  it('allows so many in ten seconds, and refuses more', () => {
    const { allow } = limited(5);
    expect(count(allow, 8)).toBe(5);
  });

  it('does not let twice as many through at the border of two windows', () => {
    const { allow, at } = limited(10);
    at(9_900);
    expect(count(allow, 10)).toBe(10);
    at(10_100);
    expect(count(allow, 10)).toBe(1);
  });

  it('has forgotten everything after a quiet while', () => {
    const { allow, at } = limited(3);
    expect(count(allow, 9)).toBe(3);
    at(25_000);
    expect(count(allow, 9)).toBe(3);
  });
});
