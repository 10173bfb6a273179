/** The parts that the answers of the server in memory use. */
import type {
  Actor,
  ClientAnswers,
  ClientMessageName,
  LeaseEnd,
  LeaseId,
  Limits,
  ParsedClientMessage,
  RecordKey,
  SameUser,
  TaskView,
} from '@rowlock/protocol';
import type { ClientClock } from '../../core/clock.ts';
import type { MemoryIdleness } from '../memoryIdleness.ts';
import type { MemoryLaunches } from '../memoryLaunches.ts';
import type { MemoryLedger } from '../memoryLedger.ts';
import type { MemoryPermissions } from '../memoryPermissions.ts';
import type { MemoryReleaseRequests } from '../memoryReleaseRequests.ts';
import type { MemorySessions } from '../memorySessions.ts';
import type { MemoryTab } from '../memoryTab.ts';
import type { MemoryTaskDefinitions } from '../memoryTaskDefinitions.ts';
import type { MemoryTasks } from '../memoryTasks.ts';
import type { MemoryViews } from '../memoryViews.ts';
import type { MemoryWaitList } from '../memoryWaitList.ts';

/** Answers to these messages, which are parsed. @throws {Refusal} to answer with an error */
export type Answers<Name extends ClientMessageName> = {
  [N in Name]: (tab: MemoryTab, message: ParsedClientMessage<N>) => ClientAnswers[N];
};

/** Ends a lease, in force or waiting: by default as its holder would. For any other reason its tab is notified. */
export type EndLease = (leaseId: LeaseId, reason?: LeaseEnd, takeover?: { by: Actor; why: string }) => void;

export interface AnswerParts {
  clock: ClientClock;
  limits: Limits;
  ledger: MemoryLedger;
  views: MemoryViews;
  tasks: MemoryTasks;
  permissions: MemoryPermissions;
  sessions: MemorySessions;
  waits: MemoryWaitList;
  releaseRequests: MemoryReleaseRequests;
  idleness: MemoryIdleness;
  /** @throws {Refusal} `unknown_resource` */
  assertResources: (records: readonly RecordKey[]) => void;
  definitions: MemoryTaskDefinitions;
  launches: MemoryLaunches;
  endLease: EndLease;
  /** Whether tabs may see who else looks at a record */
  presence: boolean;
  /** The rule for a second tab of the same user */
  sameUser: SameUser;
  updateTask: (id: string, change: Partial<TaskView>) => TaskView;
  /** Sends every tab the state of the records that it watches. */
  sendChanges: (records: readonly RecordKey[]) => void;
  /** Sends the viewers of records to the tabs that watch them, except for `by`, which has changed them. */
  sendViewers: (records: readonly RecordKey[], by: MemoryTab) => void;
  /** Runs something that a tab sees only after the server's delay. */
  later: (run: () => void) => void;
}
