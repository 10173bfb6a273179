/** `useForecast` without React: when a set of records will be free, live. */
import type { Blocker, LeaseId, LockMode, RecordKey } from '@rowlock/protocol';
import type { AnyRowlockClient } from './client.ts';
import type { Forecasts } from './forecast/forecastRecords.ts';
import { MOST_ASKED } from './forecast/forecastSource.ts';
import { FREE, type RecordForecast, unknown } from './forecast/recordForecast.ts';
import { isBlocked } from './recordLock.ts';
import { isFinalRefusal } from './refusals.ts';
import type { RowlockClientError } from './rowlockClientError.ts';

/** The state is made again once a second, so that texts can be read. */
const UPDATE_MS = 1_000;
/** The wait list is not watched: the server is asked again after this time, and no sooner than after the shorter one, in ms. */
const ASK_AGAIN_MS = 15_000;
const ASK_PAUSE_MS = 3_000;
/** Tasks of the wait list that are watched. */
const MOST_TASKS = 20;

export interface ForecastState {
  /** True before the first answer, if any record is blocked */
  isPending: boolean;
  /** Unix time in ms by the server's clock, of this state */
  nowMs: number;
  getForecast(record: RecordKey): RecordForecast;
  /** When a lease has released all of its records */
  getLeaseForecast(leaseId: LeaseId): RecordForecast;
  /** Why the server refuses to say */
  error?: RowlockClientError;
}

const PENDING = unknown('pending');
const NO_FORECASTS: Forecasts = { ofRecords: new Map(), ofLeases: new Map() };

export class ForecastObserver {
  readonly #client: AnyRowlockClient;
  readonly #records: readonly RecordKey[];
  readonly #mode: LockMode;
  #blockers: readonly Blocker[] | undefined;
  #error: RowlockClientError | undefined;
  #askedFor = '';
  #askedAtMs = -Infinity;
  #madeAtMs = -Infinity;
  #isAsking = false;
  #state: ForecastState;
  /** The state shows that nothing is blocked, so it stays */
  #isQuiet = false;
  #listener: (() => void) | undefined;
  #cancelTimer = () => {};
  readonly #watchedTasks = new Map<string, () => void>();

  constructor(client: AnyRowlockClient, records: readonly RecordKey[], mode: LockMode = 'exclusive') {
    this.#client = client;
    this.#records = records;
    this.#mode = mode;
    this.#state = this.#makeState();
  }

  /** One listener at a time. It is called at most once a second. */
  subscribe(listener: () => void): () => void {
    this.#listener = listener;
    const stop = this.#client.records.watch(this.#records, () => this.#update());
    this.#watchTasks();
    this.#tick();
    return () => {
      this.#listener = undefined;
      stop();
      this.#cancelTimer();
      this.#stopTasks(new Set());
    };
  }

  /** The same object until the listener is called. */
  getState = (): ForecastState => this.#state;

  #tick(): void {
    this.#update();
    this.#cancelTimer = this.#client.clock.after(UPDATE_MS, () => this.#tick());
  }

  #update(): void {
    if (!this.#listener) return;
    this.#askIfDue();
    const nowMs = this.#client.clock.monotonicMs();
    if (nowMs - this.#madeAtMs < UPDATE_MS) return;
    const isQuiet = this.#blockers?.length === 0;
    if (isQuiet && this.#isQuiet) return;
    this.#isQuiet = isQuiet;
    this.#madeAtMs = nowMs;
    this.#state = this.#makeState();
    this.#listener();
  }

  #listBlocked(): RecordKey[] {
    return this.#records.filter((record) => isBlocked(this.#client.records.getLock(record), this.#mode));
  }

  #askIfDue(): void {
    if (this.#isAsking || this.#client.connection.status !== 'live') return;
    const blocked = this.#listBlocked();
    if (blocked.length === 0) {
      this.#blockers = [];
      this.#error = undefined;
      this.#askedFor = '';
      return;
    }
    // Records that become free do not change what is ahead of the others. Another lease does.
    const leases = new Set(blocked.flatMap((record) => this.#client.records.getLock(record).lease?.id ?? []));
    const asksFor = [...leases].sort().join();
    const sinceMs = this.#client.clock.monotonicMs() - this.#askedAtMs;
    const isDue = asksFor !== this.#askedFor ? sinceMs >= ASK_PAUSE_MS : sinceMs >= ASK_AGAIN_MS;
    if (isDue) void this.#ask(blocked, asksFor);
  }

  async #ask(blocked: readonly RecordKey[], asksFor: string): Promise<void> {
    this.#isAsking = true;
    this.#askedFor = asksFor;
    this.#askedAtMs = this.#client.clock.monotonicMs();
    const outcome = await this.#client.forecasts.listBlockers(blocked.slice(0, MOST_ASKED));
    this.#isAsking = false;
    if (outcome.ok) {
      this.#blockers = outcome.blockers;
      this.#error = undefined;
    } else if (isFinalRefusal(outcome.error)) this.#error = outcome.error;
    if (!this.#listener) return;
    this.#watchTasks();
    // The first answer is shown at once.
    if (this.#state.isPending) this.#madeAtMs = -Infinity;
    this.#update();
  }

  /** The progress of tasks that hold watched records arrives anyway. That of waiting tasks is asked for. */
  #watchTasks(): void {
    const ids = new Set((this.#blockers ?? []).flatMap(({ task }) => task?.id ?? []).slice(0, MOST_TASKS));
    this.#stopTasks(ids);
    for (const id of ids) {
      if (this.#watchedTasks.has(id)) continue;
      this.#watchedTasks.set(
        id,
        this.#client.tasks.watch(id, () => this.#update()),
      );
    }
  }

  #stopTasks(kept: ReadonlySet<string>): void {
    for (const [id, stop] of this.#watchedTasks) {
      if (kept.has(id)) continue;
      this.#watchedTasks.delete(id);
      stop();
    }
  }

  #makeState(): ForecastState {
    const { records, connection, forecasts } = this.#client;
    const blockers = this.#blockers;
    const { ofRecords, ofLeases } = blockers ? forecasts.forecast(blockers) : NO_FORECASTS;
    const otherwise = this.#error ? unknown('refused') : PENDING;
    const getLeaseForecast = (leaseId: LeaseId) => ofLeases.get(leaseId) ?? otherwise;
    return {
      isPending: blockers === undefined && this.#error === undefined,
      nowMs: connection.serverNow(),
      getForecast: (record) => {
        const lock = records.getLock(record);
        if (lock.kind === 'unknown') return otherwise;
        if (!isBlocked(lock, this.#mode)) return FREE;
        return ofRecords.get(record) ?? (lock.lease ? getLeaseForecast(lock.lease.id) : otherwise);
      },
      getLeaseForecast,
      ...(this.#error && { error: this.#error }),
    };
  }
}
