import { describe, expect, it } from 'vitest';
import { handClock } from '../../test/fixtures/handClock.ts';
import { RowlockError, UnavailableError } from '../errors.ts';
import { createStartUp } from './startUp.ts';

interface Attempt {
  resolve(): void;
  reject(error: Error): void;
}

/** A start whose tries a test answers by hand. */
function steeredStart() {
  const clock = handClock();
  const warned: string[] = [];
  const informed: string[] = [];
  const tries: Attempt[] = [];
  const logger = {
    info: (message: string) => void informed.push(message),
    warn: (message: string) => void warned.push(message),
    error() {},
  };
  const startUp = createStartUp({
    what: 'Rowlock',
    begin() {
      return new Promise<void>((resolve, reject) => tries.push({ resolve, reject }));
    },
    clock,
    logger,
  });
  return { startUp, clock, tries, warned, informed };
}
const settled = () => new Promise((resolve) => setImmediate(resolve));

describe('a start', () => {
  it('a start that fails is tried again until it succeeds, and a later call of ready resolves then', async () => {
    const { startUp, clock, tries, warned, informed } = steeredStart();
    const first = startUp.ready();
    tries[0]!.reject(new UnavailableError());
    await expect(first).rejects.toBeInstanceOf(UnavailableError);
    clock.turn(1_000);
    expect(tries).toHaveLength(2);
    tries[1]!.reject(new UnavailableError());
    await settled();
    clock.turn(1_000);
    const later = startUp.ready();
    expect(tries).toHaveLength(3);
    tries[2]!.resolve();
    await later;
    await startUp.ready();
    clock.turn(60_000);
    expect(tries).toHaveLength(3);
    expect(warned).toEqual([expect.stringContaining('It waits for Redis: Redis cannot be reached')]);
    expect(informed).toEqual(['Rowlock has started']);
  });

  it('a start logs each cause of waiting once, even while a try runs', async () => {
    const { startUp, clock, tries, warned } = steeredStart();
    startUp.ready().catch(() => {});
    clock.turn(2_000);
    expect(warned).toEqual([expect.stringContaining('there is no connection yet')]);
    for (const cause of ['no rights', 'no rights', 'no memory']) {
      tries.at(-1)!.reject(new Error(cause));
      await settled();
      clock.turn(1_000);
    }
    expect(warned.slice(1)).toEqual([
      expect.stringContaining('no rights'),
      expect.stringContaining('no memory'),
    ]);
  });

  it('a start that is closed is not tried again, and its waiters are refused', async () => {
    const { startUp, clock, tries, warned } = steeredStart();
    const waiting = startUp.ready();
    startUp.close();
    await expect(waiting).rejects.toThrow('was closed before it had started');
    clock.turn(60_000);
    await expect(startUp.ready()).rejects.toThrow('was closed before it had started');
    expect(warned).toEqual([]);
    expect(tries.length).toBeLessThanOrEqual(2);
  });

  it('a start that fails because of a malformed setting is not tried again', async () => {
    const { startUp, clock, tries, warned } = steeredStart();
    const starting = startUp.started();
    tries[0]!.reject(new RowlockError('bad_request', 'maxHangMs is negative'));
    await expect(starting).rejects.toThrow('maxHangMs is negative');
    clock.turn(60_000);
    expect(tries).toHaveLength(1);
    expect(warned).toEqual([]);
  });

  it('a start that is closed between two tries is not tried again', async () => {
    const { startUp, clock, tries } = steeredStart();
    const first = startUp.ready();
    tries[0]!.reject(new Error('away'));
    await expect(first).rejects.toThrow('away');
    startUp.close();
    clock.turn(60_000);
    expect(tries).toHaveLength(1);
  });
});
