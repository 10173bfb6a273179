/** The view that a message carries: the newest state of some records, and tasks. Pure. */
import type {
  LeaseId,
  LeaseView,
  RecordChange,
  RecordKey,
  ResourceView,
  TaskView,
  View,
  Viewers,
} from '@rowlock/protocol';
import type { KnownLeases } from './recordLeases.ts';

export interface ViewContent {
  records: Iterable<RecordKey>;
  tasks: readonly TaskView[];
  position: string;
  version: number;
  changed?: RecordChange[];
  resources?: readonly string[];
  viewers?: readonly RecordKey[];
}

/** Everything that this gateway knows, as the receiver may see it. */
export interface KnownState {
  leases: KnownLeases;
  resources: { viewOf(resource: string): ResourceView };
  viewersOf(record: RecordKey): Viewers;
  /** The part of a lease that the receiver may see */
  asSeen(lease: LeaseView): LeaseView;
}

export function buildView(
  { records, tasks, position, version, changed, resources, viewers }: ViewContent,
  known: KnownState,
): View {
  const { leases } = known;
  const view: View = { position, records: {}, leases: [], tasks: [...tasks], version };
  if (changed && changed.length > 0) view.changed = changed;
  const named = new Set<LeaseId>();
  for (const key of records) {
    const ids = leases.on(key);
    view.records[key] = ids;
    for (const id of ids) {
      if (named.has(id)) continue;
      named.add(id);
      view.leases.push(known.asSeen(leases.get(id)!));
    }
  }
  if (resources && resources.length > 0) {
    view.resources = Object.fromEntries(resources.map((name) => [name, known.resources.viewOf(name)]));
  }
  if (viewers && viewers.length > 0) {
    view.viewers = Object.fromEntries(viewers.map((record) => [record, known.viewersOf(record)]));
  }
  return view;
}
