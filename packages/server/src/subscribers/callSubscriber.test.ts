import { describe, expect, it } from 'vitest';
import { deferred } from '../../test/fixtures/deferred.ts';
import { handClock } from '../../test/fixtures/handClock.ts';
import { systemClock } from '../clock.ts';
import { DAY_MS } from '../durations.ts';
import { callSubscriber, pauseMs } from './callSubscriber.ts';

const never = new AbortController().signal;

describe('a call of a subscriber', () => {
  it('the call ends as the subscriber does, synchronously or later', async () => {
    const clock = handClock();
    await callSubscriber(() => {}, 100, never, clock);
    await callSubscriber(async () => {}, 100, never, clock);
    const thrown = () => {
      throw new Error('at once');
    };
    await expect(callSubscriber(thrown, 100, never, clock)).rejects.toThrow('at once');
    await expect(callSubscriber(() => Promise.reject(new Error('later')), 100, never, clock)).rejects.toThrow(
      'later',
    );
  });

  it.each([30 * DAY_MS, Number.POSITIVE_INFINITY])(
    'a call that may take %s ms is not stopped at once',
    async (limitMs) => {
      const answer = deferred();
      let seen: AbortSignal | undefined;
      const call = callSubscriber(
        ({ signal }) => {
          seen = signal;
          return answer.promise;
        },
        limitMs,
        never,
        systemClock,
      );
      // A timer that overflows fires after 1 ms.
      await new Promise<void>((resolve) => systemClock.after(5, resolve));
      expect(seen?.aborted).toBe(false);
      answer.resolve();
      await call;
    },
  );

  it('a call that takes too long is aborted by its signal, and has failed even if it continues', async () => {
    const clock = handClock();
    let seen: AbortSignal | undefined;
    const call = callSubscriber(
      ({ signal }) => {
        seen = signal;
        return new Promise(() => {});
      },
      100,
      never,
      clock,
    );
    clock.turn(99);
    expect(seen?.aborted).toBe(false);
    clock.turn(1);
    await expect(call).rejects.toThrow('It has not ended within 100 ms');
    expect(seen?.aborted).toBe(true);
  });

  it('the call ends when this process must no longer call the subscriber', async () => {
    const stop = new AbortController();
    const call = callSubscriber(() => new Promise(() => {}), 100, stop.signal, handClock());
    stop.abort(new Error('another calls it now'));
    await expect(call).rejects.toThrow('another calls it now');
    await expect(callSubscriber(() => {}, 100, stop.signal, handClock())).rejects.toThrow(
      'another calls it now',
    );
  });
});

describe('the pause after a failure', () => {
  it('the pause doubles from 0.2 s up to 30 s', () => {
    expect([1, 2, 3, 8, 9, 10_000].map(pauseMs)).toEqual([200, 400, 800, 25_600, 30_000, 30_000]);
  });
});
