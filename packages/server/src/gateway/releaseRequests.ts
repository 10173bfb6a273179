/**
 * Release requests over the live channel: brings them to the session that holds the lease, and the answers to the user who has
 * asked. The change log carries both, so it does not matter to which server either is connected.
 */
import type { LeaseId, LockScope, RecordKey, ReleaseAnswer, ReleaseRequested } from '@rowlock/protocol';
import type { LogEntry } from '../changeLog/entry.ts';
import type { Clock } from '../clock.ts';
import { LeaseLostError, RowlockError } from '../errors.ts';
import type { SessionLeases } from '../locks/leases/sessionLeases.ts';
import type { LockRegistry } from '../locks/registry/lockRegistry.ts';
import { newSecret } from '../locks/registry/requests.ts';
import type {
  ReleaseRequestRecord,
  ReleaseRequestStore,
} from '../locks/releaseRequests/releaseRequestStore.ts';
import type { Follower } from './follower.ts';
import type { Session } from './session/session.ts';

const RETRY_MS = 5_000;

interface AskedRelease {
  leaseId: LeaseId;
  records: readonly RecordKey[];
  scope: LockScope;
  message?: string | undefined;
  requestId?: string | undefined;
}

export interface ReleaseRequests extends Follower {
  /** Asks the holder. The permission was checked before. @throws {RowlockError} `not_found`, `bad_request`, `rate_limited` */
  ask(session: Session, asked: AskedRelease): Promise<ReleaseRequestRecord>;
  /** The session that holds the lease answers. Resolves to the answer that counts. @throws {LeaseLostError} {RowlockError} `not_found` */
  answer(
    session: Session,
    answered: { leaseId: LeaseId; requestId: string; answer: Exclude<ReleaseAnswer, 'unanswered'> },
  ): Promise<ReleaseAnswer>;
  /** Sends the open requests for a lease to the session that has resumed it. Never rejects. */
  deliver(leaseId: LeaseId): Promise<void>;
  close(): void;
}

export interface ReleaseRequestParts {
  store: ReleaseRequestStore;
  registry: Pick<LockRegistry, 'getConflicts' | 'isInForce'>;
  sessionLeases: Pick<SessionLeases, 'getSession' | 'listKept' | 'releaseOwn'>;
  clock: Clock;
  /** How long a holder may take to answer, in ms */
  limitMs: number;
  sessionsOf(actorId: string): readonly Session[];
}

export function createReleaseRequests(parts: ReleaseRequestParts): ReleaseRequests {
  const { store, registry, sessionLeases, sessionsOf } = parts;
  const awaited = new AwaitedAnswers(parts);

  async function assertCanAsk(session: Session, { leaseId, records, scope }: AskedRelease): Promise<void> {
    const conflicts = await registry.getConflicts({ records, scope, mode: 'exclusive' });
    const conflict = conflicts.find(({ lease, isWaiting }) => lease.id === leaseId && !isWaiting);
    if (!conflict) throw noLongerBlocked(leaseId);
    const { type, id } = conflict.lease.holder;
    if (type === 'task') throw heldByTask(leaseId);
    if (id === session.id) throw heldByAsker(leaseId);
  }

  async function deliver(leaseId: LeaseId): Promise<void> {
    try {
      for (const request of await store.list(leaseId)) {
        if (request.answer === undefined)
          sessionLeases.getSession(leaseId)?.onReleaseRequested(toEvent(request));
      }
    } catch {
      // Redis is away. After its return every request is delivered again.
    }
  }

  function apply(entry: LogEntry): void {
    switch (entry.kind) {
      case 'releaseRequested':
        sessionLeases.getSession(entry.request.leaseId)?.onReleaseRequested(entry.request);
        break;
      case 'releaseAnswered': {
        const { requestId, leaseId, actorId, answer } = entry;
        awaited.forget(requestId);
        for (const session of sessionsOf(actorId)) session.onReleaseAnswered({ requestId, leaseId, answer });
        break;
      }
      case 'released':
        awaited.settleLease(entry.leaseId, 'released');
    }
  }

  return {
    async ask(session, asked) {
      const { leaseId, records, message, requestId = newSecret() } = asked;
      const { actor } = session;
      const known = await store.find(leaseId, actor.id);
      if (known?.requestId !== requestId) await assertCanAsk(session, asked);
      const wanted = { by: actor, records, ...(message !== undefined && { message }) };
      const request = await store.open(leaseId, requestId, wanted, parts.limitMs);
      if (request === 'ended') throw noLongerBlocked(leaseId);
      if (request === 'crowded') throw tooManyAsk();
      if (request.answer === undefined) awaited.note(request);
      return request;
    },

    async answer(session, { leaseId, requestId, answer }) {
      if (sessionLeases.getSession(leaseId) !== session) throw new LeaseLostError(leaseId);
      // The end of the lease answers all who ask for it.
      if (answer === 'released') {
        await sessionLeases.releaseOwn(leaseId);
        return answer;
      }
      const first = await store.answer(leaseId, requestId, answer);
      if (first === undefined) throw unknownRequest(requestId);
      return first;
    },

    deliver,

    apply(entries) {
      for (const entry of entries) apply(entry);
    },

    async reload() {
      await Promise.all([...sessionLeases.listKept().map(deliver), awaited.checkAll()]);
    },

    close: () => awaited.close(),
  };
}

/** The open requests of users of this gateway. Each gets an answer here, in time or not. */
class AwaitedAnswers {
  readonly #parts: ReleaseRequestParts;
  readonly #open = new Map<string, { request: ReleaseRequestRecord; cancel(): void }>();

  constructor(parts: ReleaseRequestParts) {
    this.#parts = parts;
  }

  note(request: ReleaseRequestRecord): void {
    if (this.#open.has(request.requestId)) return;
    this.#wait(request, this.#parts.limitMs);
  }

  forget(requestId: string): void {
    this.#open.get(requestId)?.cancel();
    this.#open.delete(requestId);
  }

  settleLease(leaseId: LeaseId, answer: ReleaseAnswer): void {
    for (const { request } of [...this.#open.values()])
      if (request.leaseId === leaseId) this.#settle(request, answer);
  }

  /** After a gap in the log: finds what it may have missed. */
  async checkAll(): Promise<void> {
    const { store, registry } = this.#parts;
    for (const { request } of [...this.#open.values()]) {
      const { leaseId, requestId, by } = request;
      const now = await store.find(leaseId, by.id);
      if (now?.requestId === requestId && now.answer) this.#settle(request, now.answer);
      else if (!(await registry.isInForce(leaseId))) this.#settle(request, 'released');
    }
  }

  close(): void {
    for (const { cancel } of this.#open.values()) cancel();
  }

  #wait(request: ReleaseRequestRecord, delayMs: number): void {
    const cancel = this.#parts.clock.after(delayMs, () => void this.#giveUp(request));
    this.#open.set(request.requestId, { request, cancel });
  }

  async #giveUp(request: ReleaseRequestRecord): Promise<void> {
    const { leaseId, requestId } = request;
    try {
      const answer = await this.#parts.store.answer(leaseId, requestId, 'unanswered');
      // Otherwise the change log brings the answer.
      if (answer === undefined) this.#settle(request, 'unanswered');
    } catch {
      // Redis is away.
      if (this.#open.has(requestId)) this.#wait(request, RETRY_MS);
    }
  }

  #settle({ requestId, leaseId, by }: ReleaseRequestRecord, answer: ReleaseAnswer): void {
    this.forget(requestId);
    for (const session of this.#parts.sessionsOf(by.id)) {
      session.onReleaseAnswered({ requestId, leaseId, answer });
    }
  }
}

const toEvent = ({ answer: _, ...request }: ReleaseRequestRecord): ReleaseRequested => ({
  ...request,
  records: [...request.records],
});

const noLongerBlocked = (leaseId: LeaseId) =>
  new RowlockError(
    'not_found',
    `Lease ${leaseId} does not block these records, or no longer. Nobody was asked. Acquire the records.`,
  );

const heldByTask = (leaseId: LeaseId) =>
  new RowlockError(
    'bad_request',
    `Lease ${leaseId} belongs to a task, which cannot be asked to release its records. Cancel the task instead, or wait for it.`,
  );

const heldByAsker = (leaseId: LeaseId) =>
  new RowlockError('bad_request', `Lease ${leaseId} is this tab's own. Release it.`);

const tooManyAsk = () =>
  new RowlockError(
    'rate_limited',
    '20 users ask for the release of this lease already. Nobody was asked again. Wait, or try again later.',
  );

const unknownRequest = (requestId: string) =>
  new RowlockError(
    'not_found',
    `The release request ${requestId} is unknown: it was made long ago, or for another lease. Nothing was answered.`,
  );
