import { describe, expect, it } from 'vitest';
import { handClock } from '../../../test/fixtures/handClock.ts';
import { drain } from './drain.ts';

describe('a drain', () => {
  it('a drain ends sessions evenly over its time', async () => {
    const clock = handClock();
    const ended: number[] = [];
    const done = drain([1, 2, 3, 4], { overMs: 1_000, clock, end: (session) => ended.push(session) });
    expect(ended).toEqual([]);
    clock.turn(500);
    expect(ended).toEqual([1, 2]);
    clock.turn(400);
    expect(ended).toEqual([1, 2, 3]);
    clock.turn(100);
    await done;
    expect(ended).toEqual([1, 2, 3, 4]);
  });

  it('a drain without sessions is done at once', async () => {
    await drain([], { overMs: 60_000, clock: handClock(), end() {} });
  });
});
