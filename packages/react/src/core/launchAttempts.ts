/**
 * Makes one launch of a user's attempt, however often they press the button. An attempt is the same name and input, until its
 * outcome is known. A launch without an answer is repeated with the same key, so that it is found if it was made.
 */
import type { ClientClock } from './clock.ts';
import { elapsedMs, getMoment, type Moment } from './moment.ts';
import { randomToken } from './randomToken.ts';
import type { LaunchOptions, LaunchOutcome } from './taskRequests.ts';

type Launch = (
  name: string,
  input: unknown,
  options: LaunchOptions & { idempotencyKey: string },
) => Promise<LaunchOutcome>;

interface Attempt {
  content: string;
  key: string;
  /** Undefined after a launch without an answer: the next one asks again */
  outcome: Promise<LaunchOutcome> | undefined;
  launchedAt?: Moment;
}

/** The second click of a double click may come after the answer to the first. */
const DOUBLE_CLICK_MS = 1_000;

export class LaunchAttempts {
  readonly #launch: Launch;
  readonly #clock: ClientClock;
  #attempt: Attempt | undefined;

  constructor(launch: Launch, clock: ClientClock) {
    this.#launch = launch;
    this.#clock = clock;
  }

  /** A key of the application's own replaces that of the attempt. */
  launch(name: string, input: unknown, options: LaunchOptions = {}): Promise<LaunchOutcome> {
    const content = JSON.stringify([name, input, options]);
    const attempt = this.#findAttempt(content) ?? { content, key: randomToken(), outcome: undefined };
    this.#attempt = attempt;
    attempt.outcome ??= this.#begin(attempt, name, input, options);
    return attempt.outcome;
  }

  #findAttempt(content: string): Attempt | undefined {
    const attempt = this.#attempt;
    if (attempt?.content !== content) return undefined;
    const { launchedAt } = attempt;
    const isOver = launchedAt !== undefined && elapsedMs(launchedAt, this.#clock) > DOUBLE_CLICK_MS;
    return isOver ? undefined : attempt;
  }

  async #begin(
    attempt: Attempt,
    name: string,
    input: unknown,
    options: LaunchOptions,
  ): Promise<LaunchOutcome> {
    const outcome = await this.#launch(name, input, { idempotencyKey: attempt.key, ...options });
    if (outcome.ok) attempt.launchedAt = getMoment(this.#clock);
    else if (outcome.mayBeLaunched) attempt.outcome = undefined;
    else if (this.#attempt === attempt) this.#attempt = undefined;
    return outcome;
  }
}
