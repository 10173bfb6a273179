import { describe, expect, it } from 'vitest';
import { NOTHING_SEEN, type Observation, observe } from './standstill.ts';

const look = (before: Observation, heartbeat: string, elapsedMs: number) =>
  observe(before, new Map([['7', heartbeat]]), elapsedMs, 1_000);

describe('a heartbeat that stands still', () => {
  it('counts from the first look that saw it, not from before', () => {
    expect(look(NOTHING_SEEN, '3', 60_000).get('7')).toEqual({ heartbeat: '3', stillMs: 0 });
  });

  it('adds the time between looks', () => {
    const once = look(look(NOTHING_SEEN, '3', 0), '3', 1_000);
    expect(look(once, '3', 1_100).get('7')?.stillMs).toBe(2_100);
  });

  it('begins anew when it beats', () => {
    const still = look(look(NOTHING_SEEN, '3', 0), '3', 1_000);
    expect(look(still, '4', 1_000).get('7')).toEqual({ heartbeat: '4', stillMs: 0 });
  });

  it('counts a gap in which the observer could not look as two intervals at most', () => {
    expect(look(look(NOTHING_SEEN, '3', 0), '3', 3_600_000).get('7')?.stillMs).toBe(2_000);
  });

  it('counts nothing when the clock seems to go backwards', () => {
    expect(look(look(NOTHING_SEEN, '3', 0), '3', -5_000).get('7')?.stillMs).toBe(0);
  });

  it('is forgotten with its lease', () => {
    expect(observe(look(NOTHING_SEEN, '3', 0), new Map(), 1_000, 1_000).size).toBe(0);
  });
});
