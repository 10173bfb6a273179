import { describe, expect, it } from 'vitest';
import { createSeats, type Seat } from './seats.ts';

function openSeats() {
  const told: boolean[] = [];
  const seats = createSeats((isAlone) => told.push(isAlone));
  const take = (): Seat => {
    const seat = seats.take();
    if (!seat) throw new Error('There is no seat.');
    return seat;
  };
  return { seats, take, told };
}

/** The present answer of a promise, or `waits`. */
const by = <T>(promise: Promise<T>) => Promise.race([promise, Promise.resolve('waits' as const)]);

describe('a task that must run alone', () => {
  it('a task that must run alone waits until all others have ended, and keeps new ones out', async () => {
    const { seats, take, told } = openSeats();
    const [first, second, suspect] = [take(), take(), take()];
    const alone = suspect.haveAlone();
    expect(told).toEqual([true]);
    expect(seats.take()).toBeUndefined();
    first.leave();
    expect(await by(alone)).toBe('waits');
    second.leave();
    expect(await alone).toBe(true);
    expect(seats.take()).toBeUndefined();
    suspect.leave();
    expect(told).toEqual([true, false]);
    expect(seats.take()).toBeDefined();
  });

  it('a task that must run alone runs at once in an idle worker', async () => {
    const { take } = openSeats();
    expect(await take().haveAlone()).toBe(true);
  });

  it('a task that must run alone is refused while another one waits or runs alone', async () => {
    const { take, told } = openSeats();
    const [first, second] = [take(), take()];
    const alone = first.haveAlone();
    expect(await second.haveAlone()).toBe(false);
    second.leave();
    expect(await alone).toBe(true);
    first.leave();
    expect(told).toEqual([true, false]);
  });

  it('a task that must run alone is refused when the worker shuts down, and afterwards', async () => {
    const { seats, take } = openSeats();
    const [, suspect] = [take(), take()];
    const alone = suspect.haveAlone();
    seats.close();
    expect(await alone).toBe(false);
    suspect.leave();
    expect(await take().haveAlone()).toBe(false);
  });
});
