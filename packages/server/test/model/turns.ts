/**
 * Runs the scripts of several clients in an order that fast-check chooses. Each script waits for its turn. The next turn
 * comes when Redis has answered. So an order that fails can be repeated and shortened.
 */
import type fc from 'fast-check';
import type { Redis } from 'ioredis';
import type { Clock } from '../../src/clock.ts';

export interface Turns {
  /** The same connection, but its scripts wait for their turns */
  of(redis: Redis, client: string): Redis;
  /** A clock whose pauses also wait for their turns, and then pass at once */
  clock: Clock;
  /** Gives turns until all calls are answered */
  untilAnswered<T>(answers: Promise<T>): Promise<T>;
}

/** Resolves when this process has run everything that was ready to run. */
const allHaveRun = () => new Promise<void>((resolve) => setImmediate(resolve));

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
        await allHaveRun();
        await answered;
        await allHaveRun();
      }),
  };
}
