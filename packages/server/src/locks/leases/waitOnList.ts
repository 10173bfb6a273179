/** One wait on the wait list, from the first position to the lease, the time limit or the signal. */
import type { LeaseSecret } from '@rowlock/protocol';
import { UnavailableError } from '../../errors.ts';
import { toAcquiredLease } from '../registry/acquiredNotice.ts';
import type { AcquiredLease, LeaseRequest, WaitingLease } from '../registry/requests.ts';
import { endWait } from './endWait.ts';
import type { WaitDeps, WaitOptions } from './waitTypes.ts';

const RENEW_INTERVAL_MS = 1_000;

/** A lease, and the monotonic ms from which on it is known to be in force. */
export interface WaitedLease {
  lease: AcquiredLease;
  sinceMs: number;
}

interface WaitBounds {
  /** Monotonic ms before the request */
  sinceMs: number;
  deadlineMs: number;
  signal: AbortSignal | undefined;
  onPosition: WaitOptions['onPosition'];
}

/** @throws {ConflictError} when the time is over; {LeaseLostError}; the signal's reason */
export function waitOnList(
  deps: WaitDeps,
  request: LeaseRequest,
  waiting: WaitingLease,
  bounds: WaitBounds,
): Promise<WaitedLease> {
  return new Promise((resolve, reject) =>
    new ListedWait(deps, request, waiting, bounds, { resolve, reject }).run(),
  );
}

class ListedWait {
  readonly #deps: WaitDeps;
  readonly #request: LeaseRequest;
  readonly #waiting: WaitingLease;
  readonly #bounds: WaitBounds;
  readonly #leaseSecret: LeaseSecret;
  readonly #result: { resolve(waited: WaitedLease): void; reject(error: unknown): void };
  /** The lease came into force after the last renewal that it made while it waited. */
  #sinceMs: number;
  #position = 0;
  #isOver = false;
  #stops: (() => void)[] = [];

  constructor(
    deps: WaitDeps,
    request: LeaseRequest,
    waiting: WaitingLease,
    bounds: WaitBounds,
    result: { resolve(waited: WaitedLease): void; reject(error: unknown): void },
  ) {
    this.#deps = deps;
    this.#request = request;
    this.#waiting = waiting;
    this.#bounds = bounds;
    this.#leaseSecret = { leaseId: waiting.leaseId, secret: waiting.secret };
    this.#result = result;
    this.#sinceMs = bounds.sinceMs;
  }

  run(): void {
    const { signals, clock } = this.#deps;
    const { deadlineMs, signal } = this.#bounds;
    const waiting = this.#waiting;
    const stop = () => void this.#stop();
    signal?.addEventListener('abort', stop, { once: true });
    this.#stops = [
      signals.listen(waiting.leaseId, (notice) =>
        notice ? this.#accept(toAcquiredLease(notice, waiting)) : void this.#renew(),
      ),
      clock.every(RENEW_INTERVAL_MS, () => void this.#renew()),
      clock.after(Math.max(0, deadlineMs - clock.nowMs()), stop),
      () => signal?.removeEventListener('abort', stop),
    ];
    if (signal?.aborted) {
      stop();
      return;
    }
    try {
      this.#notePosition(waiting.position);
    } catch (error) {
      const failed = () => this.#settle(() => this.#result.reject(error));
      void this.#deps.registry.stopWaiting(this.#leaseSecret, waiting.ttlMs, []).then(failed, failed);
      return;
    }
    // The notice may have come before anybody listened.
    void this.#renew();
  }

  #settle(how: () => void): void {
    if (this.#isOver) return;
    this.#isOver = true;
    for (const stop of this.#stops) stop();
    how();
  }

  #accept(lease: AcquiredLease): void {
    // After an abort, the stop that is under way releases the lease.
    if (this.#bounds.signal?.aborted) return;
    this.#settle(() => this.#result.resolve({ lease, sinceMs: this.#sinceMs }));
  }

  #notePosition(position: number): void {
    if (position === this.#position) return;
    this.#position = position;
    this.#bounds.onPosition?.({ position, conflicts: this.#waiting.conflicts });
  }

  async #renew(): Promise<void> {
    if (this.#isOver) return;
    const { registry, clock } = this.#deps;
    const beforeMs = clock.nowMs();
    try {
      const answer = await registry.renewWaiting(this.#leaseSecret, this.#waiting.ttlMs);
      if (this.#isOver) return;
      this.#sinceMs = beforeMs;
      if (answer.kind === 'acquired') this.#accept(answer.lease);
      else this.#notePosition(answer.position);
    } catch (error) {
      // While Redis cannot be reached, the position may survive, and the time limit runs on.
      if (!(error instanceof UnavailableError)) this.#settle(() => this.#result.reject(error));
    }
  }

  async #stop(): Promise<void> {
    if (this.#isOver) return;
    const end = await endWait(this.#deps.registry, this.#request, this.#waiting, this.#bounds.signal);
    const { resolve, reject } = this.#result;
    this.#settle(() =>
      end.kind === 'acquired' ? resolve({ lease: end.lease, sinceMs: this.#sinceMs }) : reject(end.error),
    );
  }
}
