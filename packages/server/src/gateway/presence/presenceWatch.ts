/**
 * Presence: makes sessions visible as viewers of records, and keeps the viewers of these records up to date for them. A
 * session that does not ask for it is not visible, and costs nothing.
 *
 * Redis is asked in a lane of its own. A notice only says which records to read again, so no notice can be applied twice.
 */
import type { RecordKey } from '@rowlock/protocol';
import type { Clock } from '../../clock.ts';
import { RowlockError } from '../../errors.ts';
import { createLane } from '../lane.ts';
import type { Session } from '../session/session.ts';
import { asSeen, type WatchedViewers } from '../view/watchedViewers.ts';
import type { OwnViewer, PresenceStore } from './presenceStore.ts';

/** Updates are sent at most this often. */
const UPDATE_INTERVAL_MS = 1_000;
const RENEW_INTERVAL_MS = 5_000;
/** Every so many renewals all viewers join again, since Redis forgets those of a record after 15 min. */
const RENEWALS_PER_JOIN = 60;

interface PresenceWatchParts {
  watchedViewers: WatchedViewers<Session>;
  store: PresenceStore;
  clock: Clock;
  /** Whether the application permits presence */
  isOn: boolean;
}

export class PresenceWatch {
  readonly #viewers: WatchedViewers<Session>;
  readonly #store: PresenceStore;
  readonly #clock: Clock;
  readonly #isOn: boolean;
  readonly #inLane = createLane();
  /** To be read again */
  readonly #changed = new Set<RecordKey>();
  /** To be removed from Redis */
  #leaving: Pick<OwnViewer, 'record' | 'connectionId'>[] = [];
  #isReadPlanned = false;
  #readAtMs = Number.NEGATIVE_INFINITY;
  #renewals = 0;
  /** Redis refuses the channel */
  #hearsNothing = false;
  /** Undefined while nobody is a viewer here */
  #stop: (() => void) | undefined;

  constructor({ watchedViewers, store, clock, isOn }: PresenceWatchParts) {
    this.#viewers = watchedViewers;
    this.#store = store;
    this.#clock = clock;
    this.#isOn = isOn;
  }

  /** The session is a viewer of these records from now on, and gets their viewers. @throws {RowlockError} `forbidden` */
  async begin(session: Session, records: readonly RecordKey[]): Promise<void> {
    if (records.length === 0) return;
    if (!this.#isOn) {
      throw new RowlockError(
        'forbidden',
        'Nobody may see who looks at a record here: presence is switched off. Watch without `presence`.',
      );
    }
    this.#viewers.watch(records, session);
    this.#start();
    await this.#inLane(async () => {
      await this.#store.join(viewersOf(session, records), false);
      // The viewers of other records are known, and follow at the pace of updates.
      await this.#read(records.filter((record) => !this.#viewers.isKnown(record)));
      this.#noteChanged(records);
    });
  }

  /** It no longer is. */
  end(session: Session, records: Iterable<RecordKey>): void {
    const ended = this.#viewers.unwatch(records, session);
    if (ended.length === 0) return;
    this.#leaving.push(...viewersOf(session, ended));
    this.#noteChanged(ended);
    void this.#attempt(() => this.#leave());
  }

  /** After a gap: Redis may have lost the viewers. */
  async reload(): Promise<void> {
    if (!this.#viewers.isAnyWatched) return;
    await this.#inLane(async () => {
      await this.#joinAll(true);
      await this.#read(this.#viewers.records());
    });
  }

  /** Resolves when the viewers that have left are removed, or Redis cannot be reached. Nothing is renewed after it. */
  async close(): Promise<void> {
    await this.#attempt(() => this.#leave());
    this.#stop?.();
    this.#stop = undefined;
  }

  /** If it fails, the next renewal tries again. */
  #attempt(work: () => Promise<void>): Promise<void> {
    return this.#inLane(work).catch(() => {});
  }

  #start(): void {
    if (this.#stop) return;
    this.#hearsNothing = false;
    const stopTimer = this.#clock.every(RENEW_INTERVAL_MS, () => void this.#attempt(() => this.#renew()));
    const stopListening = this.#store.listen({
      onChanged: (records) => this.#noteChanged(records),
      onGap: () => this.#noteChanged(this.#viewers.records()),
      onRefused: () => {
        this.#hearsNothing = true;
      },
    });
    this.#stop = () => {
      stopTimer();
      stopListening();
    };
  }

  async #stopIfIdle(): Promise<void> {
    if (!this.#stop || this.#viewers.isAnyWatched || this.#leaving.length > 0) return;
    this.#stop();
    this.#stop = undefined;
    await this.#store.end();
  }

  #noteChanged(records: readonly RecordKey[]): void {
    for (const record of records) if (this.#viewers.has(record)) this.#changed.add(record);
    if (this.#changed.size === 0 || this.#isReadPlanned) return;
    this.#isReadPlanned = true;
    const waitMs = this.#readAtMs + UPDATE_INTERVAL_MS - this.#clock.nowMs();
    this.#clock.after(Math.max(0, waitMs), () => {
      this.#isReadPlanned = false;
      void this.#attempt(() => this.#readChanged());
    });
  }

  async #readChanged(): Promise<void> {
    this.#readAtMs = this.#clock.nowMs();
    const records = [...this.#changed];
    this.#changed.clear();
    try {
      await this.#read(records.filter((record) => this.#viewers.has(record)));
    } catch (error) {
      for (const record of records) this.#changed.add(record);
      throw error;
    }
  }

  async #read(records: readonly RecordKey[]): Promise<void> {
    for (const [record, viewers] of await this.#store.read(records)) {
      const before = this.#viewers.set(record, viewers);
      for (const session of this.#viewers.watchersOf(record)) {
        const [old, now] = [before, viewers].map((some) => JSON.stringify(asSeen(some, session.id)));
        if (old !== now) session.noteViewers(record);
      }
    }
  }

  async #joinAll(isAgain: boolean): Promise<void> {
    const all = this.#viewers
      .records()
      .flatMap((record) =>
        [...this.#viewers.watchersOf(record)].flatMap((session) => viewersOf(session, [record])),
      );
    await this.#store.join(all, isAgain);
  }

  async #leave(): Promise<void> {
    const leaving = this.#leaving;
    this.#leaving = [];
    try {
      await this.#store.leave(leaving);
    } catch (error) {
      this.#leaving = [...leaving, ...this.#leaving];
      throw error;
    }
    await this.#stopIfIdle();
  }

  async #renew(): Promise<void> {
    if (this.#leaving.length > 0) await this.#leave();
    if (!this.#stop) return;
    this.#renewals += 1;
    if (!(await this.#store.renew())) await this.#joinAll(true);
    else if (this.#renewals % RENEWALS_PER_JOIN === 0) await this.#joinAll(false);
    const gone = await this.#store.findGone(this.#viewers.gateways());
    this.#noteChanged(this.#hearsNothing ? this.#viewers.records() : this.#viewers.recordsOn(gone));
    // Those whose reading has failed before.
    this.#noteChanged([...this.#changed]);
  }
}

const viewersOf = (session: Session, records: Iterable<RecordKey>): OwnViewer[] =>
  [...records].map((record) => ({
    record,
    connectionId: session.socket.id,
    sessionId: session.id,
    actor: session.actor,
  }));
