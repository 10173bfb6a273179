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

/** What a promise has answered by now, or `waits`. */
const by = <T>(promise: Promise<T>) => Promise.race([promise, Promise.resolve('waits' as const)]);

describe('a task that must run alone', () => {
  it('waits until all others have ended, and keeps new ones out', async () => {
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

  it('is alone at once in a worker with nothing else to do', async () => {
    const { take } = openSeats();
    expect(await take().haveAlone()).toBe(true);
  });

  it('is refused while another one waits or runs, and that one does not wait for it once it has left', async () => {
    const { take, told } = openSeats();
    const [first, second] = [take(), take()];
    const alone = first.haveAlone();
    expect(await second.haveAlone()).toBe(false);
    second.leave();
    expect(await alone).toBe(true);
    first.leave();
    expect(told).toEqual([true, false]);
  });

  it('is answered false when the worker shuts down while it waits, and afterwards', async () => {
    const { seats, take } = openSeats();
    const [, suspect] = [take(), take()];
    const alone = suspect.haveAlone();
    seats.close();
    expect(await alone).toBe(false);
    suspect.leave();
    expect(await take().haveAlone()).toBe(false);
  });
});
