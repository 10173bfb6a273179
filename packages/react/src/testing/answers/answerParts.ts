/** The parts that the answers of the server in memory use. */
import type {
  ClientAnswers,
  ClientMessage,
  ClientMessageName,
  ErrorBody,
  LeaseId,
  Limits,
  RecordKey,
  TaskView,
} from '@rowlock/protocol';
import type { ClientClock } from '../../core/clock.ts';
import type { MemoryLedger } from '../memoryLedger.ts';
import type { MemoryTab } from '../memoryTab.ts';

/** Answers to these messages. @throws {Refusal} to answer with an error */
export type Answers<Name extends ClientMessageName> = {
  [N in Name]: (tab: MemoryTab, message: ClientMessage<N>) => ClientAnswers[N];
};

export interface AnswerParts {
  clock: ClientClock;
  limits: Limits;
  ledger: MemoryLedger;
  /** Ends a lease as its holder would. */
  free: (leaseId: LeaseId) => void;
  updateTask: (id: string, change: Partial<TaskView>) => TaskView;
  /** Sends every tab the state of the records that it watches. */
  sendChanges: (records: readonly RecordKey[]) => void;
  /** Runs something that a tab sees only after the server's delay. */
  later: (run: () => void) => void;
}

/** Thrown to answer with an error */
export class Refusal extends Error {
  readonly body: ErrorBody;
  constructor(body: ErrorBody) {
    super(body.message);
    this.body = body;
  }
}
