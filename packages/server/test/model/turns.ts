/**
 * Puts the scripts of several clients into an order of fast-check's choice: each waits for its turn, and the next has
 * one when it has been answered. So an order that fails can be found again, and made shorter.
 */
import type fc from 'fast-check';
import type { Redis } from 'ioredis';
import type { Clock } from '../../src/clock.ts';

export interface Turns {
  /** The same connection, whose scripts wait for their turns */
  of(redis: Redis, client: string): Redis;
  /** Lets one pause after another pass at once, when its turn comes */
  clock: Clock;
  /** Gives turns until all is answered */
  untilAnswered<T>(answers: Promise<T>): Promise<T>;
}

/** Everything that is ready to go on in this process has gone on by then. */
const allHaveGoneOn = () => new Promise<void>((resolve) => setImmediate(resolve));

export function takeTurns(scheduler: fc.Scheduler): Turns {
  let answered: Promise<unknown> = Promise.resolve();
  const turn = (label: string) => scheduler.schedule(Promise.resolve(), label);

  return {
    of(redis, client) {
      return new Proxy(redis, {
        get(target, name) {
          const value: unknown = Reflect.get(target, name);
          if (typeof value !== 'function') return value;
          if (name !== 'eval' && name !== 'evalsha') return value.bind(target);
          return async (...args: unknown[]) => {
            await turn(client);
            const answer = value.apply(target, args) as Promise<unknown>;
            answered = answer.catch(() => {});
            return answer;
          };
        },
      });
    },
    clock: {
      nowMs: () => performance.now(),
      after(_delayMs, fn) {
        let isCancelled = false;
        void turn('pause').then(() => isCancelled || fn());
        return () => {
          isCancelled = true;
        };
      },
      every: () => () => {},
    },
    untilAnswered: (answers) =>
      scheduler.waitFor(answers, async (giveTurn) => {
        await giveTurn();
        await allHaveGoneOn();
        await answered;
        await allHaveGoneOn();
      }),
  };
}
