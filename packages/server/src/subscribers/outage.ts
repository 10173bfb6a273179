/** Reports a failing subscriber once when it begins to fail, and once when it works again. */

import { errorText } from '../boundedText.ts';
import type { Logger } from '../logger.ts';
import type { Step } from './subscriberSteps.ts';

const MAX_FAILURE_LENGTH = 500;

export interface Outage {
  /** In a row */
  failures(): number;
  /** Why it fails, in words. Undefined while it works */
  failure(): string | undefined;
  /** The call will be repeated. True for the first failure, which is to be reported. */
  failed(what: string, error: unknown): boolean;
  report(position: Promise<{ behind: number }>): Promise<void>;
  /** A call that is not repeated. */
  failedOnce(what: string, error: unknown): void;
  /** A call has succeeded. */
  over(step: Step): void;
  /** Meanwhile another process has called the subscriber, or nobody. */
  forget(): void;
}

export function createOutage(name: string, logger: Logger): Outage {
  let failures = 0;
  let last: { what: string; error: unknown } | undefined;
  let isProgressFailing = false;
  const forget = () => {
    failures = 0;
    last = undefined;
  };

  return {
    failures: () => failures,
    failure: () => last && `${last.what}: ${errorText(last.error, MAX_FAILURE_LENGTH)}`,

    failed(what, error) {
      failures += 1;
      last = { what, error };
      return failures === 1;
    },

    async report(position) {
      const behind = await position.then(
        (known) => `${known.behind} entries of the log are not delivered yet`,
        () => 'how far it is behind is unknown, since Redis cannot be reached',
      );
      if (!last) return;
      logger.error(
        `subscribers "${name}": ${last.what} failed. It is repeated until it succeeds; ${behind}`,
        last.error,
      );
    },

    failedOnce(what, error) {
      if (!isProgressFailing) logger.warn(`subscribers "${name}": ${what} failed and is not repeated`, error);
      isProgressFailing = true;
    },

    over({ isBestEffort }) {
      if (isBestEffort) {
        isProgressFailing = false;
        return;
      }
      if (failures > 0) logger.warn(`subscribers "${name}" works again, after ${failures} failed calls`);
      forget();
    },

    forget,
  };
}
