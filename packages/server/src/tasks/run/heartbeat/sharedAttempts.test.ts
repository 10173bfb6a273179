import { describe, expect, it } from 'vitest';
import { openSharedAttempts, type SharedAttempt, sharedBytesFor } from './sharedAttempts.ts';

const attempt = (taskId: string): SharedAttempt => ({
  taskId,
  leaseId: '7',
  secret: 'geheim',
  token: 'worker:1',
  ttlMs: 10_000,
});

function openBoth(slots: number) {
  const buffer = new SharedArrayBuffer(sharedBytesFor(slots));
  return { worker: openSharedAttempts(buffer), thread: openSharedAttempts(buffer) };
}

describe('shared attempts', () => {
  it('the other side sees attempts from their start until their end', () => {
    const { worker, thread } = openBoth(2);
    const one = worker.occupy(attempt('one'))!;
    worker.occupy(attempt('two ü'));
    expect(
      thread
        .all()
        .map((each) => each.attempt.taskId)
        .sort(),
    ).toEqual(['one', 'two ü']);
    worker.vacate(one.slot);
    expect(thread.all().map((each) => each.attempt)).toEqual([attempt('two ü')]);
  });

  it('shared attempts are limited to the number of slots, each of a bounded size', () => {
    const { worker } = openBoth(1);
    expect(worker.occupy(attempt('x'.repeat(2_000)))).toBeUndefined();
    const { slot } = worker.occupy(attempt('one'))!;
    expect(worker.occupy(attempt('two'))).toBeUndefined();
    worker.vacate(slot);
    expect(worker.occupy(attempt('two'))).toBeDefined();
  });

  it('an attempt sees the findings of the other side about itself only', () => {
    const { worker, thread } = openBoth(1);
    const first = worker.occupy(attempt('one'))!;
    expect(worker.lastAliveMs(first.slot)).toBeUndefined();
    thread.noteAlive(first.slot, 1_234.5);
    expect(worker.lastAliveMs(first.slot)).toBe(1_234.5);
    worker.vacate(first.slot);
    const second = worker.occupy(attempt('two'))!;
    expect(worker.lastAliveMs(second.slot)).toBeUndefined();
    thread.noteLost(first.slot, first.number);
    expect(worker.isLost(second.slot, second.number)).toBe(false);
    thread.noteLost(second.slot, second.number);
    expect(worker.isLost(second.slot, second.number)).toBe(true);
  });

  it('the other side sees each stamp of the loop of the worker', () => {
    const { worker, thread } = openBoth(1);
    const before = thread.stampSeen();
    worker.stamp();
    expect(thread.stampSeen()).not.toBe(before);
  });
});
