/**
 * A start that retries by itself until it succeeds or is closed. The log says what it waits for. So an application
 * that starts before its Redis, and only logs that `start()` failed, is not left half started.
 */
import type { Clock } from '../clock.ts';
import { RowlockError } from '../errors.ts';
import type { Logger } from '../logger.ts';

const RETRY_MS = 1_000;
/** How long it waits for a new connection before it logs. */
const SILENCE_MS = 2_000;

export interface StartUp {
  /**
   * Resolves when the start has succeeded. Rejects if the present try fails. Further tries follow by themselves, and
   * a later call waits for the next try. @throws {RowlockError} `unavailable`
   */
  ready(): Promise<void>;
  /**
   * Starts too, and resolves with the first try that succeeds. Rejects if it is closed before, or after an error that
   * no try can cure.
   */
  started(): Promise<void>;
  /** Makes no further try. Pending calls of `ready` reject. */
  close(): void;
}

export function createStartUp(parts: {
  /** For the log */
  what: string;
  /** One try */
  begin(): Promise<void>;
  clock: Clock;
  logger: Logger;
}): StartUp {
  const { what, begin, clock, logger } = parts;
  let trying: Promise<void> | undefined;
  let cancelRetry = () => {};
  let lastLogged: string | undefined;
  let succeed = () => {};
  let refuse = (_error: Error) => {};
  const outcome = new Promise<void>((resolve, reject) => {
    succeed = resolve;
    refuse = reject;
  });
  outcome.catch(() => {});

  /** Logs each cause once. */
  function logWait(cause: string, error?: unknown): void {
    if (cause === lastLogged) return;
    lastLogged = cause;
    logger.warn(`${what} has not started, and tries again until it can. It waits for Redis: ${cause}`, error);
  }

  async function tryOnce(): Promise<void> {
    cancelRetry();
    const cancelLog = clock.after(SILENCE_MS, () => {
      if (lastLogged === undefined) logWait('there is no connection yet');
    });
    try {
      await Promise.race([begin(), outcome]);
      succeed();
      if (lastLogged !== undefined) logger.info(`${what} has started`);
    } catch (error) {
      if (isFinal(error)) {
        refuse(error as Error);
        throw error;
      }
      trying = undefined;
      logWait(error instanceof Error ? error.message : String(error), error);
      cancelRetry = clock.after(RETRY_MS, () => void ready().catch(() => {}));
      throw error;
    } finally {
      cancelLog();
    }
  }

  function ready(): Promise<void> {
    trying ??= tryOnce();
    return trying;
  }

  return {
    ready,
    started() {
      ready().catch(() => {});
      return outcome;
    },
    close() {
      cancelRetry();
      refuse(new ClosedError());
    },
  };
}

/** The caller's request is wrong, or it has closed this. No further try can succeed. */
const isFinal = (error: unknown) =>
  error instanceof ClosedError ||
  error instanceof TypeError ||
  error instanceof RangeError ||
  (error instanceof RowlockError && error.code === 'bad_request');

class ClosedError extends RowlockError {
  constructor() {
    super(
      'unavailable',
      'Rowlock was closed before it had started. Nothing was changed. Create another instance.',
    );
  }
}
