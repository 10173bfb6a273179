/**
 * Decides which tasks run together in one worker. A task that seems to crash its workers runs alone: the worker fetches no
 * other task, waits until the running ones have ended, and fetches tasks again afterwards. Pure.
 */

export interface Seat {
  /**
   * Waits until no other task runs here, and admits none from now on. False if another task runs alone or waits for it, or
   * if the worker shuts down.
   */
  haveAlone(): Promise<boolean>;
  leave(): void;
}

export interface Seats {
  /** Undefined while a task runs alone or waits for it. Try later, or leave the task to another worker. */
  take(): Seat | undefined;
  /** No task may run alone from now on, and a waiting one gets the answer false. */
  close(): void;
}

/** `onAlone(true)`: the worker must fetch no other task. `onAlone(false)`: it may fetch tasks again. */
export function createSeats(onAlone: (isAlone: boolean) => void): Seats {
  const taken = new Set<Seat>();
  let alone: { seat: Seat; answer(isAlone: boolean): void } | undefined;
  let isClosed = false;

  function answerIfAlone(): void {
    if (alone && taken.size === 1) alone.answer(true);
  }

  return {
    take() {
      if (alone) return undefined;
      const seat: Seat = {
        haveAlone() {
          if (alone || isClosed) return Promise.resolve(false);
          return new Promise((answer) => {
            alone = { seat, answer };
            onAlone(true);
            answerIfAlone();
          });
        },
        leave() {
          taken.delete(seat);
          if (alone?.seat === seat) {
            alone = undefined;
            onAlone(false);
          }
          answerIfAlone();
        },
      };
      taken.add(seat);
      return seat;
    },
    close() {
      isClosed = true;
      alone?.answer(false);
    },
  };
}
