/** Tasks and leases for tests of the forecast. */
import type { Blocker, TaskView } from '@rowlock/protocol';

const ann = { id: 'ann', name: 'Ann' };

export const runningTask = (fields: Partial<TaskView> = {}): TaskView => ({
  id: 'task',
  name: 'rename',
  label: 'Rename',
  actor: ann,
  state: 'running',
  attempt: 1,
  version: 1,
  createdAt: 0,
  launchOrder: 1,
  recordCount: 10,
  leaseId: '1',
  progress: { done: 0, total: null },
  hasWorker: true,
  cancelRequested: false,
  ...fields,
});

/** The lease of a task, or of a person without one. */
export const blocker = (
  id: string,
  records: Blocker['records'],
  { task, ...fields }: Partial<Blocker> = {},
): Blocker => ({
  lease: {
    id,
    holder: { type: task ? 'task' : 'person', id: task?.id ?? `tab-${id}`, label: 'Rename', actor: ann },
    mode: 'exclusive',
    since: 0,
    recordCount: records.length,
  },
  records,
  ...(task && { task }),
  ...fields,
});
