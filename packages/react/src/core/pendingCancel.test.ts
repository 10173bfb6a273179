import { describe, expect, it } from 'vitest';
import { createTurnableClock } from '../testing/turnableClock.ts';
import { PendingCancel } from './pendingCancel.ts';

function setUp() {
  const clock = createTurnableClock();
  const pending = new PendingCancel(clock, 5_000);
  const sent: number[] = [];
  const begunMs = clock.now();
  return { clock, pending, sent, cancel: () => pending.cancel(() => sent.push(clock.now() - begunMs)) };
}

describe('a cancel that can be undone', () => {
  it('It is sent after 5 s, once', async () => {
    const { clock, pending, sent, cancel } = setUp();
    cancel();
    await clock.turn(1_000);
    cancel();
    expect(pending.isPending()).toBe(true);
    await clock.turn(10_000);
    expect(sent).toEqual([5_000]);
    expect(pending.isPending()).toBe(false);
  });

  it('It is not sent after it was undone', async () => {
    const { clock, pending, sent, cancel } = setUp();
    cancel();
    await clock.turn(4_000);
    pending.undo();
    await clock.turn(10_000);
    expect(sent).toEqual([]);
  });

  it('It is sent at once when the page is left', async () => {
    const { clock, pending, sent, cancel } = setUp();
    cancel();
    await clock.turn(1_000);
    pending.flush();
    await clock.turn(10_000);
    expect(sent).toEqual([1_000]);
    pending.flush();
    expect(sent).toHaveLength(1);
  });
});
