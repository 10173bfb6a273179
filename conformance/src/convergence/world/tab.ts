/** A tab: a client of `@rowlock/react/core` that reaches the gateways through a proxy of its own, which can fail. */
import type { LeaseId, LockMode, OnConflict, RecordKey, ResourceView, TaskView } from '@rowlock/protocol';
import { createRowlockClient, type RowlockClient, type TabLeaseHandle } from '@rowlock/react/core';
import { startProxy, type TestProxy } from '@rowlock/test-utils';
import { RECORDS } from '../plan.ts';
import type { Gateway } from './gateways.ts';
import type { Page } from './pages.ts';

/** The state that a tab shows. */
export interface TabView {
  status: RowlockClient['connection']['status'];
  sessionId: string | undefined;
  /** The leases on each record, or undefined if the tab says that it is not certain */
  leases: Map<RecordKey, readonly LeaseId[] | undefined>;
  /** Undefined while the list is not certain */
  tasks: readonly TaskView[] | undefined;
  /** The counts of the whole resource. Undefined while they are not certain */
  counts: Pick<ResourceView, 'leaseCount' | 'recordCount'> | undefined;
  /** The leases that the tab shows as its own */
  held: { leaseId: LeaseId; records: readonly RecordKey[] }[];
  /** The version of its first answer: its data contains the changes before. Undefined before that */
  fromVersion: number | undefined;
  /** The version of the newest change of each record that it was notified of */
  heard: ReadonlyMap<RecordKey, number>;
}

export class Tab {
  readonly name: string;
  readonly page: Page;
  readonly proxy: TestProxy;
  gateway: Gateway;
  /** Its network is faulty now, so it may show old data without knowing it */
  isImpaired = false;
  readonly #client: RowlockClient;
  readonly #stop: () => void;
  readonly #handles = new Set<TabLeaseHandle>();
  readonly #heard = new Map<RecordKey, number>();
  #fromVersion: number | undefined;

  private constructor(name: string, page: Page, gateway: Gateway, proxy: TestProxy) {
    this.name = name;
    this.page = page;
    this.gateway = gateway;
    this.proxy = proxy;
    this.#client = createRowlockClient({
      url: `http://127.0.0.1:${proxy.port}`,
      auth: { token: name },
      storage: page.storage,
      tabLocks: page.locks,
    });
    this.#client.records.onChanged(RECORDS, (changes) => {
      for (const { version, records } of changes) {
        for (const key of records) this.#heard.set(key, Math.max(version, this.#heard.get(key) ?? 0));
      }
    });
    this.#client.records.watch(RECORDS, () => {
      this.#fromVersion ??= this.#client.records.getVersion();
    });
    this.#client.tasks.list().watch(() => {});
    this.#client.resources.watch('cities', () => {});
    this.#stop = this.#client.start();
  }

  static async open(name: string, page: Page, gateway: Gateway): Promise<Tab> {
    return new Tab(name, page, gateway, await startProxy(gateway.port));
  }

  acquire(records: readonly RecordKey[], mode: LockMode, onConflict: OnConflict): void {
    this.#keep(this.#client.leases.hold(records, { mode, onConflict }));
  }

  /** Adds those of the records to its oldest lease that are free. */
  extend(records: readonly RecordKey[]): void {
    const [handle] = this.#handles;
    void handle?.extend(records, { onConflict: 'skip' });
  }

  /** Releases one record of its oldest lease. */
  releaseOne(): void {
    const [handle] = this.#handles;
    const [record] = handle?.records ?? [];
    if (handle && record) void handle.releaseRecords([record]);
  }

  takeOver(records: readonly RecordKey[]): void {
    const { leases } = this.#client;
    void leases.takeOver(records, { reason: 'A random run' }).then((outcome) => {
      if (!outcome.ok) return;
      this.#keep(leases.hold(records));
      void outcome.release();
    });
  }

  /** Releases its oldest lease. */
  release(): void {
    const [handle] = this.#handles;
    if (!handle) return;
    this.#handles.delete(handle);
    void handle.release('now');
  }

  /** Cancels the newest task that it shows and that has not ended. */
  cancel(): void {
    const task = this.#client.tasks
      .list()
      .get()
      .tasks.find(({ endedAt }) => endedAt === undefined);
    if (task) void this.#client.tasks.cancel(task.id);
  }

  /** New connections go to that gateway. */
  moveTo(gateway: Gateway): void {
    this.gateway = gateway;
    this.proxy.retarget(gateway.port);
  }

  view(): TabView {
    const { connection, records, resources, tasks } = this.#client;
    const { locks: counts, isStale: areCountsStale } = resources.get('cities');
    const { current } = connection;
    const list = tasks.list().get();
    return {
      status: connection.status,
      sessionId: 'hello' in current ? current.hello?.sessionId : undefined,
      leases: new Map(RECORDS.map((key) => [key, this.#leasesOn(records.getLock(key))])),
      tasks: list.isStale ? undefined : list.tasks,
      counts: areCountsStale ? undefined : counts,
      held: [...this.#handles].flatMap((handle) => {
        const state = handle.getState();
        return state.kind === 'held' ? [{ leaseId: state.lease.id, records: handle.records }] : [];
      }),
      fromVersion: this.#fromVersion,
      heard: this.#heard,
    };
  }

  /** The page goes without running any code, as at a reload or a crash. */
  async destroy(): Promise<void> {
    await this.page.destroy();
    await this.proxy.close();
    this.#stop();
  }

  #keep(handle: TabLeaseHandle): void {
    this.#handles.add(handle);
    void handle.settled.then(({ ok }) => !ok && this.#handles.delete(handle));
  }

  #leasesOn({ kind, isStale, leases }: ReturnType<RowlockClient['records']['getLock']>) {
    return kind === 'unknown' || isStale ? undefined : leases.map(({ id }) => id).sort();
  }
}
