/** The view that a message carries: the newest state of some records, and tasks. Pure. */
import type { LeaseId, LeaseView, RecordChange, RecordKey, TaskView, View } from '@rowlock/protocol';
import type { KnownLeases } from './recordLeases.ts';

export interface ViewContent {
  records: Iterable<RecordKey>;
  tasks: readonly TaskView[];
  position: string;
  version: number;
  changed?: RecordChange[];
}

/** @param asSeen the part of a lease that the receiver may see */
export function buildView(
  { records, tasks, position, version, changed }: ViewContent,
  leases: KnownLeases,
  asSeen: (lease: LeaseView) => LeaseView,
): View {
  const view: View = { position, records: {}, leases: [], tasks: [...tasks], version };
  if (changed && changed.length > 0) view.changed = changed;
  const named = new Set<LeaseId>();
  for (const key of records) {
    const ids = leases.on(key);
    view.records[key] = ids;
    for (const id of ids) {
      if (named.has(id)) continue;
      named.add(id);
      view.leases.push(asSeen(leases.get(id)!));
    }
  }
  return view;
}
