/** Makes the context that a run receives. */
import type { RecordKey } from '@rowlock/protocol';
import type { LeaseHandle } from '../../locks/leases/leaseHandle.ts';
import type { TaskContext } from '../definition/defineTask.ts';
import type { StartedAttempt } from '../store/attemptStore.ts';
import type { ProgressMeter } from './progressMeter.ts';
import type { RunReports } from './runReports.ts';

export function createContext(options: {
  started: StartedAttempt;
  lease: LeaseHandle;
  signal: AbortSignal;
  meter: ProgressMeter;
  reports: RunReports;
  launch: TaskContext['launch'];
}): TaskContext {
  const { started, lease, signal, meter, reports, launch } = options;
  return {
    taskId: started.secret.taskId,
    actor: started.actor,
    records: started.records,
    leaseId: started.secret.leaseId,
    get fence() {
      return lease.fence;
    },
    attempt: started.attempt,
    signal,
    progress: meter.reporter,
    recordDone: reports.recordDone,
    recordFailed: reports.recordFailed,
    log: reports.log,
    async extend(records: readonly RecordKey[], { scope } = {}) {
      await lease.extend(records, scope ? { scope } : {});
    },
    launch,
  };
}
