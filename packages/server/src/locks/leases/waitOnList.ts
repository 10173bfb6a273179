/** One wait on the wait list, from the first position to the lease, the time limit or the signal. */
import type { Conflict, LeaseSecret } from '@rowlock/protocol';
import { ConflictError, UnavailableError } from '../../errors.ts';
import { toAcquiredLease } from '../registry/acquiredNotice.ts';
import {
  type AcquiredLease,
  type LeaseRequest,
  MAX_RECORDS_PER_STEP,
  type WaitingLease,
} from '../registry/requests.ts';
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
    const { registry } = this.#deps;
    const { signal } = this.#bounds;
    const { resolve, reject } = this.#result;
    const { conflicts, ttlMs } = this.#waiting;
    try {
      const met = conflicts.map((conflict) => conflict.lease.id);
      const answer = await registry.stopWaiting(this.#leaseSecret, ttlMs, met);
      if (answer.kind === 'stopped') {
        if (signal?.aborted) {
          this.#settle(() => reject(signal.reason));
          return;
        }
        const remaining = conflicts.filter((conflict) => answer.remaining.includes(conflict.lease.id));
        const named = remaining.length > 0 ? remaining : await this.#readConflicts();
        this.#settle(() => reject(new ConflictError(named)));
      } else if (signal?.aborted) {
        await registry.release(this.#leaseSecret).catch(() => {});
        this.#settle(() => reject(signal.reason));
      } else {
        this.#settle(() => resolve({ lease: answer.lease, sinceMs: this.#sinceMs }));
      }
    } catch (error) {
      // Nobody renews it any longer, so it expires.
      this.#settle(() => reject(signal?.aborted ? signal.reason : error));
    }
  }

  /** Every lease of the first report has ended, and others block now: after a takeover, or a lost wait list. */
  #readConflicts(): Promise<Conflict[]> {
    const records = this.#request.records.slice(0, MAX_RECORDS_PER_STEP);
    return this.#deps.registry.getConflicts({ ...this.#request, records });
  }
}
