import { ERRORS, type ErrorCode } from '@rowlock/protocol';
import { describe, expect, it } from 'vitest';
import { createTurnableClock } from '../testing/turnableClock.ts';
import { Backoff, isFinalRefusal } from './refusals.ts';

const withCode = (code: string) => ({ code: code as ErrorCode, message: '' });

describe('isFinalRefusal', () => {
  it('A refusal is not final if the server is too busy, has a fault, or cannot see Redis', () => {
    const passing = Object.keys(ERRORS).filter((code) => !isFinalRefusal(withCode(code)));
    expect(passing.sort()).toEqual(['internal', 'rate_limited', 'unavailable']);
  });

  it('A refusal with a code of a newer server is not final', () => {
    expect(isFinalRefusal(withCode('too_hot'))).toBe(false);
    expect(isFinalRefusal(withCode('constructor'))).toBe(false);
  });
});

describe('Backoff', () => {
  it('Backoff retries within 250 ms at first, and doubles the delay up to 10 s', async () => {
    const clock = createTurnableClock();
    const backoff = new Backoff(clock);
    const delaysMs: number[] = [];
    for (let attempt = 0; attempt < 9; attempt++) {
      const startMs = clock.now();
      backoff.schedule(() => delaysMs.push(clock.now() - startMs));
      await clock.turn(20_000);
    }
    const longestMs = [250, 500, 1_000, 2_000, 4_000, 8_000, 10_000, 10_000, 10_000];
    delaysMs.forEach((delayMs, attempt) => {
      expect(delayMs).toBeLessThanOrEqual(longestMs[attempt]!);
      expect(delayMs).toBeGreaterThanOrEqual(longestMs[attempt]! * 0.75);
    });
    expect(delaysMs).toHaveLength(9);
  });

  it('Backoff keeps one retry pending until it is reset', async () => {
    const clock = createTurnableClock();
    const backoff = new Backoff(clock);
    const made: number[] = [];
    backoff.schedule(() => made.push(1));
    backoff.schedule(() => made.push(2));
    expect(clock.pending()).toBe(1);
    await clock.turn(250);
    expect(made).toEqual([1]);
    backoff.schedule(() => made.push(3));
    backoff.reset();
    expect(clock.pending()).toBe(0);
    backoff.schedule(() => made.push(4));
    await clock.turn(250);
    expect(made).toEqual([1, 4]);
  });
});
