/**
 * Who runs beside whom in one worker. A task under suspicion of crashing its workers runs alone: the worker takes no
 * further task, waits until those that run have ended, and goes on with others afterwards. Pure.
 */

export interface Seat {
  /**
   * Waits until no other task runs here, and keeps the others out from now on. False if another task runs alone or waits
   * to, or the worker shuts down.
   */
  haveAlone(): Promise<boolean>;
  leave(): void;
}

export interface Seats {
  /** Undefined while a task runs alone or waits to: try later, or leave the task to another worker. */
  take(): Seat | undefined;
  /** Nobody runs alone any more, and whoever waits to is answered false. */
  close(): void;
}

/** `onAlone(true)`: the worker is to take no further task; `onAlone(false)`: it may take others again. */
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
