import type { TaskView } from '@rowlock/protocol';
import { describe, expect, it } from 'vitest';
import { handClock } from '../../../test/fixtures/handClock.ts';
import { AwaitedTasks } from './awaitedTasks.ts';

const task = (version: number, id = 'a') => ({ id, version }) as TaskView;
const settled = async () => {
  for (let i = 0; i < 10; i++) await Promise.resolve();
};

/** A tab of whose tasks a test says by hand what `authorize` answers. */
function awaitedTasks() {
  const clock = handClock();
  const asked: { version: number; answer(granted: boolean): void; fail(): void }[] = [];
  const told: string[] = [];
  const tasks = new AwaitedTasks({
    clock,
    mayWatch: ({ version }) =>
      new Promise((resolve, reject) => {
        asked.push({ version, answer: resolve, fail: () => reject(new Error('Out of order')) });
      }),
    onGranted: ({ id, version }, isUrgent) => told.push(`${id}${version}${isUrgent ? '!' : ''}`),
    onSettled: () => told.push('settled'),
    onFailed: () => told.push('failed'),
  });
  return { clock, asked, told, tasks };
}

describe('a task that waits for permission', () => {
  it('a task that waits for permission is sent once, in its newest state', async () => {
    const { asked, told, tasks } = awaitedTasks();
    tasks.offer(task(1), true);
    tasks.offer(task(2), false);
    tasks.offer(task(3), false);
    asked[0]!.answer(true);
    await settled();
    expect(told).toEqual(['a3!', 'settled']);
    expect(asked).toHaveLength(1);
  });

  it('P9: a task that waits for permission is asked about again with growing pauses, and then sent in its newest state', async () => {
    const { clock, asked, told, tasks } = awaitedTasks();
    tasks.offer(task(1), true);
    asked[0]!.fail();
    await settled();
    clock.turn(249);
    expect(asked).toHaveLength(1);
    clock.turn(1);
    expect(asked).toHaveLength(2);
    asked[1]!.fail();
    await settled();
    tasks.offer(task(2), true);
    clock.turn(499);
    expect(asked).toHaveLength(2);
    clock.turn(1);
    expect(asked[2]!.version).toBe(2);
    asked[2]!.answer(true);
    await settled();
    expect(told).toEqual(['failed', 'settled', 'failed', 'a2!']);
  });

  it('P12: a task that waits for permission is not sent if the answer is no, even after a failure', async () => {
    const { clock, asked, told, tasks } = awaitedTasks();
    tasks.offer(task(1), true);
    asked[0]!.fail();
    await settled();
    clock.turn(250);
    asked[1]!.answer(false);
    await settled();
    expect(told).toEqual(['failed', 'settled']);
  });

  it('a task that waits for permission holds the next message until the first answers, until a failure, or until holdNoLonger', async () => {
    const { asked, tasks } = awaitedTasks();
    tasks.offer(task(1, 'a'), true);
    tasks.offer(task(1, 'b'), true);
    tasks.offer(task(1, 'c'), true);
    asked[0]!.answer(true);
    asked[1]!.fail();
    await settled();
    expect(tasks.isHolding).toBe(true);
    tasks.holdNoLonger();
    expect(tasks.isHolding).toBe(false);
    tasks.offer(task(2, 'c'), true);
    expect(tasks.isHolding).toBe(false);
  });

  it('a task that waits for permission is forgotten with its session', async () => {
    const { clock, asked, told, tasks } = awaitedTasks();
    tasks.offer(task(1, 'a'), true);
    tasks.offer(task(1, 'b'), true);
    asked[0]!.fail();
    await settled();
    tasks.close();
    asked[1]!.answer(true);
    await settled();
    clock.turn(60_000);
    expect(told).toEqual(['failed']);
    expect(asked).toHaveLength(2);
  });
});
