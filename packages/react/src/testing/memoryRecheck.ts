/** The server in memory asks again what the users of connected tabs may see and hold. */
import { type ErrorBody, type LeaseId, type RecordKey, wholeResource } from '@rowlock/protocol';
import type { MemoryLedger } from './memoryLedger.ts';
import type { MemoryPermissions } from './memoryPermissions.ts';
import type { MemoryTab } from './memoryTab.ts';

const MAY_NOT_WATCH: ErrorBody = {
  code: 'forbidden',
  message: 'You may no longer watch this. Ask an administrator for the permission.',
};

export interface MemoryRecheckParts {
  ledger: MemoryLedger;
  permissions: MemoryPermissions;
  /** Runs something that a tab sees only after the server's delay. */
  later: (run: () => void) => void;
  /** Ends a lease, since its holder may no longer hold it. */
  end: (leaseId: LeaseId) => void;
}

export function recheckTabs(tabs: readonly MemoryTab[], parts: MemoryRecheckParts): void {
  for (const tab of tabs) recheckTab(tab, parts);
}

function recheckTab(tab: MemoryTab, { ledger, permissions, later, end }: MemoryRecheckParts): void {
  const { actor } = tab;
  const mayWatchRecord = (key: RecordKey) =>
    permissions.isGranted({ actor, action: 'watch', records: [key] });
  const mayWatchTask = (id: string) => {
    const task = ledger.tasks.get(id);
    return task === undefined || permissions.mayWatch(actor, task);
  };

  const records = [...tab.records].filter((key) => !mayWatchRecord(key));
  for (const key of records) tab.records.delete(key);
  const resources = [...tab.resources].filter((name) => !mayWatchRecord(wholeResource(name)));
  for (const name of resources) tab.resources.delete(name);
  const tasks = [...tab.shownTasks].filter((id) => !mayWatchTask(id));
  for (const id of tasks) tab.shownTasks.delete(id);
  if (records.length + resources.length + tasks.length > 0) {
    later(() => tab.emit({ type: 'hidden', payload: { records, resources, tasks, error: MAY_NOT_WATCH } }));
  }

  const news = {
    records: [...tab.records].filter((key) =>
      ledger.leasesOn(key).some(({ view }) => tasks.includes(view.holder.id)),
    ),
    tasks: [...tab.tasks].filter((id) => !tab.shownTasks.has(id) && mayWatchTask(id) && ledger.tasks.has(id)),
  };
  if (news.records.length + news.tasks.length > 0) {
    const payload = ledger.viewOf(tab, news);
    later(() => tab.emit({ type: 'changes', payload }));
  }

  for (const lease of [...ledger.leases.values()]) {
    const isPermitted = () =>
      permissions.isGranted({ actor, action: 'acquire', records: [...lease.records] });
    if (lease.tab === tab && !isPermitted()) end(lease.view.id);
  }
}
