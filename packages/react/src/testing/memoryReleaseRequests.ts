/** The release requests of the server in memory: who asks for which lease, until the holder answers or the time is over. */
import type { LeaseId, ReleaseAnswer, ReleaseRequested } from '@rowlock/protocol';
import type { ClientClock } from '../core/clock.ts';
import type { MemoryLedger } from './memoryLedger.ts';
import type { MemoryTab } from './memoryTab.ts';
import type { MemoryTabs } from './memoryTabs.ts';
import { Refusal } from './refusal.ts';

const MOST_OPEN = 20;

interface MemoryRequest extends ReleaseRequested {
  answer?: ReleaseAnswer;
  cancelLimit: () => void;
}

export interface MemoryReleaseRequestsOptions {
  clock: ClientClock;
  ledger: MemoryLedger;
  tabs: MemoryTabs;
  /** How long a holder may take to answer, in ms */
  limitMs: number;
  /** Runs something that a tab sees only after the server's delay. */
  later: (run: () => void) => void;
}

export class MemoryReleaseRequests {
  readonly #options: MemoryReleaseRequestsOptions;
  readonly #requests = new Map<string, MemoryRequest>();

  constructor(options: MemoryReleaseRequestsOptions) {
    this.#options = options;
  }

  /** The newest request of a user for a lease. */
  find(leaseId: LeaseId, actorId: string): MemoryRequest | undefined {
    return [...this.#requests.values()].findLast(
      (request) => request.leaseId === leaseId && request.by.id === actorId,
    );
  }

  /** Opens a request, or joins the open one of the same user. */
  open(asked: Omit<ReleaseRequested, 'answerBy'>): MemoryRequest {
    const { clock, limitMs } = this.#options;
    const { leaseId, requestId, by } = asked;
    const known = this.find(leaseId, by.id);
    if (known && (known.requestId === requestId || !known.answer)) return known;
    const open = [...this.#requests.values()].filter((each) => each.leaseId === leaseId && !each.answer);
    if (open.length >= MOST_OPEN) {
      throw new Refusal({
        code: 'rate_limited',
        message: '20 users ask for this lease already. Try again later.',
      });
    }
    const request: MemoryRequest = {
      ...asked,
      answerBy: clock.now() + limitMs,
      cancelLimit: clock.after(limitMs, () => this.answer(leaseId, requestId, 'unanswered')),
    };
    this.#requests.set(requestId, request);
    this.#deliver(request);
    return request;
  }

  /** The first answer counts. Undefined if the request is unknown. */
  answer(leaseId: LeaseId, requestId: string, answer: ReleaseAnswer): ReleaseAnswer | undefined {
    const request = this.#requests.get(requestId);
    if (request?.leaseId !== leaseId) return undefined;
    if (request.answer) return request.answer;
    request.answer = answer;
    request.cancelLimit();
    const { tabs, later } = this.#options;
    for (const tab of tabs.list(request.by.id)) {
      later(() => tab.emit({ type: 'releaseAnswered', payload: { requestId, leaseId, answer } }));
    }
    return answer;
  }

  /** The lease has ended. */
  noteEnded(leaseId: LeaseId): void {
    for (const { requestId } of this.#openOf(leaseId)) this.answer(leaseId, requestId, 'released');
  }

  /** The tab that holds the lease gets its open requests again. */
  deliverAll(leaseId: LeaseId): void {
    for (const request of this.#openOf(leaseId)) this.#deliver(request);
  }

  #openOf(leaseId: LeaseId): MemoryRequest[] {
    return [...this.#requests.values()].filter((each) => each.leaseId === leaseId && !each.answer);
  }

  #deliver({ answer: _, cancelLimit: __, ...payload }: MemoryRequest): void {
    const { ledger, later } = this.#options;
    const tab: MemoryTab | undefined = ledger.leases.get(payload.leaseId)?.tab;
    if (tab) later(() => later(() => tab.emit({ type: 'releaseRequested', payload })));
  }
}
