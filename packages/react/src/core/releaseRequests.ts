/**
 * Release requests of this tab: those that it makes, until they are answered, and those that others make to it.
 *
 * A request survives a lost connection: it is sent again under its own id, and the server answers with the request as it is.
 */
import type {
  Actor,
  ClientMessage,
  LeaseId,
  LockScope,
  RecordKey,
  ReleaseAnswer,
  ReleaseAnswered,
  ReleaseRequested,
} from '@rowlock/protocol';
import type { ClientClock } from './clock.ts';
import type { LeaseBook } from './leaseBook.ts';
import type { LeaseOutcome } from './leaseHandle.ts';
import { randomToken } from './randomToken.ts';
import { Backoff, isFinalRefusal } from './refusals.ts';
import { RowlockClientError } from './rowlockClientError.ts';
import type { Transport } from './transport.ts';

export interface ReleaseRequestOptions {
  /** The records that this tab wants, 1 to 20: those that a conflict names, for example */
  records: readonly RecordKey[];
  /** `subtree`: also everything below them. Default `record` */
  scope?: LockScope;
  /** For the holder to read, at most 300 characters */
  message?: string;
}

/** The outcome of a release request. `released`: the lease has ended. `unanswered`: its holder has not answered in time. */
export type ReleaseOutcome = { ok: true; answer: ReleaseAnswer } | { ok: false; error: RowlockClientError };

/** Somebody asks this tab to release one of its leases. */
export interface IncomingReleaseRequest {
  requestId: string;
  leaseId: LeaseId;
  /** The user who asks */
  by: Actor;
  /** The records that they want, at most 20 */
  records: readonly RecordKey[];
  message?: string;
  /** When the request counts as unanswered: Unix time in ms by the server's clock, for display */
  answerBy: number;
  /** Answers it. With `released` the lease ends, for all of its owners: save first. */
  answer(answer: Exclude<ReleaseAnswer, 'unanswered'>): Promise<LeaseOutcome>;
}

export interface ReleaseRequestsOptions {
  transport: Transport;
  clock: ClientClock;
  book: LeaseBook;
  /** Resolves when messages can be sent, or with an error if that cannot be waited for */
  whenConnected: () => Promise<RowlockClientError | undefined>;
  /** Unix time in ms by the server's clock */
  serverNow: () => number;
}

interface PendingRequest {
  message: ClientMessage<'requestRelease'>;
  /** The user who asks */
  actorId: string | undefined;
  settle(outcome: ReleaseOutcome): void;
}

interface OpenRequest {
  request: IncomingReleaseRequest;
  /** It no longer waits for the time after which it counts as unanswered. */
  cancelLimit: () => void;
}

type Listener = (request: IncomingReleaseRequest) => void;

export class ReleaseRequests {
  readonly #options: ReleaseRequestsOptions;
  readonly #pending = new Map<string, PendingRequest>();
  readonly #incoming = new Map<string, OpenRequest>();
  readonly #listeners = new Set<Listener>();
  readonly #openListeners = new Set<() => void>();
  #open: readonly IncomingReleaseRequest[] = [];
  #connection = 0;

  constructor(options: ReleaseRequestsOptions) {
    this.#options = options;
  }

  async request(
    leaseId: LeaseId,
    { records, scope, message }: ReleaseRequestOptions,
  ): Promise<ReleaseOutcome> {
    const failure = await this.#options.whenConnected();
    if (failure) return { ok: false, error: failure };
    return new Promise((settle) => {
      const requestId = randomToken();
      const pending: PendingRequest = {
        message: {
          leaseId,
          requestId,
          records: [...records],
          ...(scope === 'subtree' && { scope }),
          ...(message !== undefined && { message }),
        },
        actorId: this.#options.book.actorId,
        settle,
      };
      this.#pending.set(requestId, pending);
      void this.#send(requestId, pending);
    });
  }

  /** Calls the listener with each open request, now and later. */
  onRequested(listener: Listener): () => void {
    this.#listeners.add(listener);
    for (const { request } of [...this.#incoming.values()]) listener(request);
    return () => this.#listeners.delete(listener);
  }

  /** The requests to this tab that are not answered, oldest first. The same array for as long as they are the same. */
  get open(): readonly IncomingReleaseRequest[] {
    return this.#open;
  }

  onOpenChanged(listener: () => void): () => void {
    this.#openListeners.add(listener);
    return () => this.#openListeners.delete(listener);
  }

  /** A new connection has begun: asks again what has become of the requests of its user, and gives up those of another. */
  begin(): void {
    this.#connection += 1;
    for (const [requestId, pending] of [...this.#pending]) {
      const isForeign = pending.actorId !== this.#options.book.actorId;
      if (isForeign) this.#settle(requestId, { ok: false, error: anotherUser() });
      else void this.#send(requestId, pending);
    }
  }

  /** The user signs out, or the client stops: no answer will come. */
  giveUp(error: RowlockClientError): void {
    for (const { settle } of this.#pending.values()) settle({ ok: false, error });
    this.#pending.clear();
    for (const requestId of [...this.#incoming.keys()]) this.#close(requestId);
  }

  noteAnswered({ requestId, answer }: ReleaseAnswered): void {
    this.#settle(requestId, { ok: true, answer });
  }

  /** The server delivers a request again after each `resume`. */
  noteRequested(requested: ReleaseRequested): void {
    const { requestId, leaseId, answerBy } = requested;
    const { clock, book, serverNow } = this.#options;
    // Without a lease here, the request has crossed with its end.
    if (this.#incoming.has(requestId) || !book.find(leaseId)) return;
    const request: IncomingReleaseRequest = {
      ...requested,
      answer: (answer) => this.#answer({ requestId, leaseId, answer }),
    };
    const cancelLimit = clock.after(Math.max(0, answerBy - serverNow()), () => this.#close(requestId));
    this.#incoming.set(requestId, { request, cancelLimit });
    this.#noteOpen();
    for (const listener of [...this.#listeners]) listener(request);
  }

  /** The lease has ended, so nobody waits for an answer. */
  noteEnded(leaseId: LeaseId): void {
    for (const [requestId, { request }] of [...this.#incoming]) {
      if (request.leaseId === leaseId) this.#close(requestId);
    }
  }

  /** Nobody waits for an answer to it any longer. */
  #close(requestId: string): void {
    const request = this.#incoming.get(requestId);
    if (!request) return;
    request.cancelLimit();
    this.#incoming.delete(requestId);
    this.#noteOpen();
  }

  #noteOpen(): void {
    this.#open = [...this.#incoming.values()].map(({ request }) => request);
    for (const listener of [...this.#openListeners]) listener();
  }

  async #answer(message: ClientMessage<'answerRelease'>): Promise<LeaseOutcome> {
    const answer = await this.#options.transport.request('answerRelease', message);
    if (!answer.ok) {
      // The lease has ended, or the request. After any other refusal the holder may answer again.
      if (isFinalRefusal(answer.error)) this.#close(message.requestId);
      return { ok: false, error: new RowlockClientError(answer.error) };
    }
    this.#close(message.requestId);
    if (message.answer === 'released') {
      const lease = this.#options.book.find(message.leaseId);
      if (lease) this.#options.book.noteReleased(lease);
    }
    return { ok: true };
  }

  async #send(
    requestId: string,
    pending: PendingRequest,
    backoff = new Backoff(this.#options.clock),
  ): Promise<void> {
    const connection = this.#connection;
    await this.#options.transport.request('requestRelease', pending.message, (answer) => {
      if (this.#pending.get(requestId) !== pending) return;
      if (answer.ok) {
        // The server may have joined an open request of the same user, for example of another tab.
        if (answer.requestId !== requestId) this.#rename(requestId, answer.requestId, pending);
        if (answer.answer) this.#settle(answer.requestId, { ok: true, answer: answer.answer });
      } else if (isFinalRefusal(answer.error)) {
        this.#settle(requestId, { ok: false, error: new RowlockClientError(answer.error) });
      } else {
        backoff.schedule(() => {
          const isCurrent = connection === this.#connection && this.#pending.get(requestId) === pending;
          if (isCurrent) void this.#send(requestId, pending, backoff);
        });
      }
    });
  }

  #rename(before: string, after: string, pending: PendingRequest): void {
    this.#pending.delete(before);
    const other = this.#pending.get(after);
    pending.message = { ...pending.message, requestId: after };
    this.#pending.set(after, {
      ...pending,
      settle(outcome) {
        other?.settle(outcome);
        pending.settle(outcome);
      },
    });
  }

  #settle(requestId: string, outcome: ReleaseOutcome): void {
    const pending = this.#pending.get(requestId);
    this.#pending.delete(requestId);
    pending?.settle(outcome);
  }
}

const anotherUser = () =>
  new RowlockClientError({
    code: 'unauthenticated',
    message:
      'Another user has signed in, and the answer to this release request is not theirs. Ask again if you need the records.',
  });
