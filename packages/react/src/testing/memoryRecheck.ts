/** The server in memory asks again what the users of connected tabs may see and hold. */
import { type ErrorBody, type LeaseId, type RecordKey, wholeResource } from '@rowlock/protocol';
import type { MemoryLedger } from './memoryLedger.ts';
import type { MemoryPermissions } from './memoryPermissions.ts';
import type { MemoryTab } from './memoryTab.ts';
import type { MemoryTabs } from './memoryTabs.ts';
import type { MemoryViews } from './memoryViews.ts';

const MAY_NOT_WATCH: ErrorBody = {
  code: 'forbidden',
  message: 'You may no longer watch this. Ask an administrator for the permission.',
};

export interface MemoryRecheckParts {
  ledger: MemoryLedger;
  views: MemoryViews;
  tabs: MemoryTabs;
  permissions: MemoryPermissions;
  /** Runs something that a tab sees only after the server's delay. */
  later: (run: () => void) => void;
  /** Ends a lease, since its holder may no longer hold it. */
  end: (leaseId: LeaseId) => void;
}

/** Default: the tabs of everybody */
export function recheckTabs(actorId: string | undefined, parts: MemoryRecheckParts): void {
  for (const tab of parts.tabs.list(actorId)) recheckTab(tab, parts);
}

function recheckTab(
  tab: MemoryTab,
  { ledger, views, tabs, permissions, later, end }: MemoryRecheckParts,
): void {
  const { actor } = tab;
  const mayWatchRecord = (key: RecordKey) =>
    permissions.isGranted({ actor, action: 'watch', records: [key] });
  const mayWatchTask = (id: string) => {
    const task = ledger.tasks.get(id);
    return task === undefined || permissions.mayWatch(actor, task);
  };

  const lost = new Set([...tab.records, ...tab.presence].filter((key) => !mayWatchRecord(key)));
  for (const key of lost) tab.records.delete(key);
  tabs.sendViewers(
    [...lost].filter((key) => tab.presence.delete(key)),
    tab,
  );
  const records = [...lost];
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
    const payload = views.viewOf(tab, news);
    later(() => tab.emit({ type: 'changes', payload }));
  }

  for (const { view, records: held, scope } of ledger.leasesOfTab(tab)) {
    if (!permissions.isGranted({ actor, action: 'acquire', records: [...held], scope })) end(view.id);
  }
}
