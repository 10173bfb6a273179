/** The measurements of `rowlock.measure()` as metrics of prom-client, read on each scrape. */
import { Counter, register as defaultRegister, Gauge, type Registry } from 'prom-client';
import { HOLDER_TYPES, type Measurements, OPEN_STATES, STANDINGS } from './measurements.ts';

export interface CollectOptions {
  /** Where to register. Default: prom-client's own `register`. A second Rowlock in one process needs another */
  register?: Registry;
}

/**
 * Registers Rowlock's metrics. Each scrape asks Redis once. If Redis does not answer, only the metrics of the process
 * are reported.
 */
export function collectMetrics(
  rowlock: { measure(): Promise<Measurements> },
  { register = defaultRegister }: CollectOptions = {},
): void {
  // A scrape reads all metrics at once, and all of them get the same measurements.
  let asked: Promise<Measurements> | undefined;
  const measure = () => {
    asked ??= rowlock.measure().finally(() => {
      asked = undefined;
    });
    return asked;
  };
  const metrics = createMetrics(register, measure);
  addNamespaceMetrics(metrics);
  addProcessMetrics(metrics);
}

interface Metrics {
  gauge(
    name: string,
    help: string,
    labelNames: string[],
    read: (now: Measurements, set: (labels: Record<string, string>, value: number) => void) => void,
  ): void;
  counter(
    name: string,
    help: string,
    label: string,
    read: (now: Measurements) => Readonly<Record<string, number>>,
  ): void;
}

function createMetrics(register: Registry, measure: () => Promise<Measurements>): Metrics {
  return {
    gauge(name, help, labelNames, read) {
      new Gauge({
        name,
        help,
        labelNames,
        registers: [register],
        async collect() {
          const now = await measure();
          this.reset();
          // After a reset a metric without labels would show 0, which is not a measurement.
          if (!now.namespace && labelNames.length === 0) this.remove();
          read(now, (labels, value) => this.set(labels, value));
        },
      });
    },
    counter(name, help, label, read) {
      new Counter({
        name,
        help,
        labelNames: [label],
        registers: [register],
        async collect() {
          const counts = read(await measure());
          this.reset();
          for (const [value, count] of Object.entries(counts)) this.inc({ [label]: value }, count);
        },
      });
    },
  };
}

function addNamespaceMetrics({ gauge }: Metrics): void {
  gauge('rowlock_redis_up', '1 if Redis has answered, and leases and tasks have been read', [], (now, set) =>
    set({}, now.namespace ? 1 : 0),
  );
  gauge(
    'rowlock_leases',
    'Leases of the namespace, by standing and type of holder',
    ['standing', 'holder_type'],
    ({ namespace }, set) => {
      if (!namespace) return;
      for (const standing of STANDINGS) {
        for (const type of HOLDER_TYPES) {
          set({ standing, holder_type: type }, namespace.leases[standing][type]);
        }
      }
    },
  );
  gauge('rowlock_locked_records', 'Records under leases in force', [], ({ namespace }, set) => {
    if (namespace) set({}, namespace.lockedRecordCount);
  });
  gauge('rowlock_waiting', 'Leases that wait for their records', [], ({ namespace }, set) => {
    if (namespace) set({}, namespace.leases.waiting.task + namespace.leases.waiting.person);
  });
  gauge('rowlock_tasks', 'Tasks that have not ended, by state', ['state'], ({ namespace }, set) => {
    if (namespace) for (const state of OPEN_STATES) set({ state }, namespace.tasks[state].count);
  });
  gauge(
    'rowlock_task_oldest_seconds',
    'Age of the oldest task in each state, since its launch',
    ['state'],
    ({ namespace }, set) => {
      if (namespace) for (const state of OPEN_STATES) set({ state }, namespace.tasks[state].oldestMs / 1_000);
    },
  );
  gauge(
    'rowlock_subscriber_behind',
    'Entries of the log that a subscriber has still to get',
    ['subscriber'],
    ({ namespace }, set) => {
      for (const { subscriber: name, behind } of namespace?.subscribers ?? [])
        set({ subscriber: name }, behind);
    },
  );
}

function addProcessMetrics({ gauge, counter }: Metrics): void {
  gauge('rowlock_gateway_sockets', 'Tabs that are connected to this process', [], (now, set) =>
    set({}, now.process.gateway.socketCount),
  );
  gauge(
    'rowlock_gateway_lag_seconds',
    'From an entry in the log to its message to the tabs: the largest of the last minute',
    [],
    (now, set) => set({}, now.process.gateway.lagMs / 1_000),
  );
  counter(
    'rowlock_acquires_total',
    'Requests for records by this process, by outcome',
    'result',
    (now) => now.process.acquires,
  );
  counter(
    'rowlock_reconciler_actions_total',
    "What this process's reconciler and observer have done",
    'action',
    (now) => now.process.reconcilerActions,
  );
  counter(
    'rowlock_task_ends_total',
    'Tasks of the namespace that have ended, as the change log reports them. Do not sum processes',
    'state',
    (now) => now.process.taskEnds,
  );
}
