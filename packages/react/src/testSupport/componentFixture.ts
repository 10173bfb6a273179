/** Shared by the tests of components: users, rows, a lease, and tasks in any state. */
import type { LeaseView, RecordKey, TaskState, TaskView } from '@rowlock/protocol';

export const ann = { id: 'ann', name: 'Ann Lee' };
export const bo = { id: 'bo', name: 'Bo Berg' };
export const rows = (count: number) =>
  Array.from({ length: count }, (_, index): RecordKey => `cities/${index}`);

export const lease: LeaseView = {
  id: '1',
  holder: { type: 'person', id: 'tab-of-bo', label: 'Edit Paris', actor: bo },
  mode: 'exclusive',
  since: Date.now() - 180_000,
  recordCount: 1,
};

export const task = (state: TaskState, change: Partial<TaskView> = {}): TaskView => ({
  id: `${state}-${JSON.stringify(change).length}`,
  name: 'normalise-names',
  label: `Normalise names (${state})`,
  actor: bo,
  state,
  attempt: 1,
  version: 1,
  createdAt: Date.now() - 60_000,
  launchOrder: (Date.now() - 60_000) * 1_000,
  recordCount: 100,
  leaseId: '2',
  progress: { done: 42, total: 100, etaMs: 30_000 },
  hasWorker: true,
  cancelRequested: false,
  ...change,
});
