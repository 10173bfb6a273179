/** What a subscriber that fails is said to do: once when it begins, once when it is over. */

import { errorText } from '../boundedText.ts';
import type { Logger } from '../logger.ts';
import type { Step } from './subscriberSteps.ts';

const MAX_FAILURE_LENGTH = 500;

export interface Outage {
  /** In a row */
  failures(): number;
  /** Why, in words; undefined while all is well */
  failure(): string | undefined;
  /** The call is made again. True where that is news, to be reported. */
  failed(what: string, error: unknown): boolean;
  report(position: Promise<{ behind: number }>): Promise<void>;
  /** A call that is not made again. */
  failedOnce(what: string, error: unknown): void;
  /** A call has succeeded. */
  over(step: Step): void;
  /** Another process has had the set meanwhile, or nobody. */
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
        (known) => `${known.behind} entries of the log wait behind it`,
        () => 'how far it is behind is not known, since Redis is away',
      );
      if (!last) return;
      logger.error(
        `subscribers "${name}": ${last.what} failed, and is tried again until it succeeds; ${behind}`,
        last.error,
      );
    },

    failedOnce(what, error) {
      if (!isProgressFailing)
        logger.warn(`subscribers "${name}": ${what} failed; it is not told again`, error);
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
