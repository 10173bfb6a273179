import { describe, expect, it } from 'vitest';
import { handClock } from '../../../test/fixtures/handClock.ts';
import { createDismissals } from './dismissals.ts';

describe('a dismissal', () => {
  it('a dismissal concerns the handshakes of its user that began before it', () => {
    const clock = handClock();
    const dismissals = createDismissals(clock);
    const before = clock.nowMs();
    clock.turn(10);
    dismissals.note('ann');
    clock.turn(10);
    expect(dismissals.isSince('ann', before)).toBe(true);
    expect(dismissals.isSince('bo', before)).toBe(false);
    expect(dismissals.isSince('ann', clock.nowMs())).toBe(false);
  });

  it('a dismissal is forgotten after longer than any handshake takes', () => {
    const clock = handClock();
    const dismissals = createDismissals(clock);
    const before = clock.nowMs();
    dismissals.note('ann');
    clock.turn(600_000);
    dismissals.note('bo');
    expect(dismissals.isSince('ann', before)).toBe(false);
    expect(dismissals.isSince('bo', before)).toBe(true);
  });
});
