import type { QueryKey } from '@tanstack/react-query';
import { describe, expect, it } from 'vitest';
import { createTurnableClock } from '../testing/turnableClock.ts';
import { InvalidationQueue } from './invalidationQueue.ts';

function createQueue() {
  const clock = createTurnableClock();
  const page = { isHidden: false };
  const begunMs = clock.now();
  const done: [number, QueryKey][] = [];
  const queue = new InvalidationQueue({
    clock,
    isHidden: () => page.isHidden,
    invalidate: (key) => done.push([clock.now() - begunMs, key]),
  });
  return { clock, page, done, queue };
}

describe('loading changed data again', () => {
  it('The first change is followed at once, and later ones at most once a second', async () => {
    const { clock, done, queue } = createQueue();
    for (let step = 0; step < 25; step += 1) {
      queue.add([['cities']]);
      await clock.turn(100);
    }
    expect(done.map(([at]) => at)).toEqual([0, 1_000, 2_000]);
    await clock.turn(10_000);
    expect(done.map(([at]) => at)).toEqual([0, 1_000, 2_000, 3_000]);
  });

  it('Each key has its own second', async () => {
    const { clock, done, queue } = createQueue();
    queue.add([['cities'], ['city', 1]]);
    await clock.turn(500);
    queue.add([['city', 2], ['cities']]);
    await clock.turn(500);
    expect(done).toEqual([
      [0, ['cities']],
      [0, ['city', 1]],
      [500, ['city', 2]],
      [1_000, ['cities']],
    ]);
  });

  it('Nothing is loaded while the page is hidden, and all of it once when it is visible again', async () => {
    const { clock, page, done, queue } = createQueue();
    page.isHidden = true;
    queue.add([['cities']]);
    await clock.turn(5_000);
    queue.add([['cities']]);
    await clock.turn(5_000);
    expect(done).toEqual([]);
    page.isHidden = false;
    queue.resume();
    await clock.turn(5_000);
    expect(done).toEqual([[10_000, ['cities']]]);
  });

  it('A change whose second ends while the page is hidden waits until it is visible', async () => {
    const { clock, page, done, queue } = createQueue();
    queue.add([['cities']]);
    await clock.turn(100);
    queue.add([['cities']]);
    page.isHidden = true;
    await clock.turn(5_000);
    expect(done).toHaveLength(1);
    page.isHidden = false;
    queue.resume();
    await clock.turn(0);
    expect(done).toHaveLength(2);
  });

  it('Nothing happens after a stop', async () => {
    const { clock, done, queue } = createQueue();
    queue.add([['cities']]);
    queue.stop();
    await clock.turn(5_000);
    expect(done).toEqual([]);
    expect(clock.pending()).toBe(0);
  });
});
