import { describe, expect, it } from 'vitest';
import { ageHeartbeats, type HeartbeatAges, NOTHING_SEEN } from './heartbeatAges.ts';

const check = (before: HeartbeatAges, heartbeat: string, elapsedMs: number) =>
  ageHeartbeats(before, new Map([['7', heartbeat]]), elapsedMs, 1_000);

describe('the age of a heartbeat', () => {
  it('the age of a heartbeat starts with the first check that saw it', () => {
    expect(check(NOTHING_SEEN, '3', 60_000).get('7')).toEqual({ heartbeat: '3', silentMs: 0 });
  });

  it('the age of a heartbeat grows by the time between checks', () => {
    const once = check(check(NOTHING_SEEN, '3', 0), '3', 1_000);
    expect(check(once, '3', 1_100).get('7')?.silentMs).toBe(2_100);
  });

  it('a renewal resets the age', () => {
    const silent = check(check(NOTHING_SEEN, '3', 0), '3', 1_000);
    expect(check(silent, '4', 1_000).get('7')).toEqual({ heartbeat: '4', silentMs: 0 });
  });

  it('a gap between checks counts as two intervals at most', () => {
    expect(check(check(NOTHING_SEEN, '3', 0), '3', 3_600_000).get('7')?.silentMs).toBe(2_000);
  });

  it('a clock that seems to go backwards adds nothing', () => {
    expect(check(check(NOTHING_SEEN, '3', 0), '3', -5_000).get('7')?.silentMs).toBe(0);
  });

  it('an ended lease has no age', () => {
    expect(ageHeartbeats(check(NOTHING_SEEN, '3', 0), new Map(), 1_000, 1_000).size).toBe(0);
  });
});
