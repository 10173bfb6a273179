/** How many messages the server in memory accepts within 10 s, of one connection and of all connections of a user. */
import type { ClientMessageName, Limits } from '@rowlock/protocol';
import type { ClientClock } from '../core/clock.ts';
import type { MemoryTab } from './memoryTab.ts';
import { Refusal } from './refusal.ts';

const WINDOW_MS = 10_000;
/** Records, or entries of a page, that count as one more message */
const ENTRIES_PER_COST = 100;
const MOST_ON_A_PAGE = 1_000;

/** Messages that let the application select records, or read all records of leases, and their cost */
const SELECTING: ReadonlySet<string> = new Set<ClientMessageName>([
  'launch',
  'preview',
  'retry',
  'listBlockers',
]);
const SELECTION_COST = 10;

type Counted = { atMs: number; cost: number }[];

export class MemoryRates {
  readonly #limits: Limits;
  readonly #clock: ClientClock;
  readonly #ofTabs = new WeakMap<MemoryTab, Counted>();
  readonly #ofUsers = new Map<string, Counted>();

  constructor(limits: Limits, clock: ClientClock) {
    this.#limits = limits;
    this.#clock = clock;
  }

  /** Counts a message. @throws {Refusal} `rate_limited` */
  count(tab: MemoryTab, name: string, payload: unknown): void {
    const { messagesPer10s, messagesPer10sOfUser, watchedRecords } = this.#limits;
    const costOfRecords = ({ length }: readonly unknown[]) =>
      Math.floor(Math.min(length, watchedRecords) / ENTRIES_PER_COST);
    const named = costOfRecords(listRecords(payload)) + costOfRecords(listRecords(payload, 'presence'));
    const paged = Math.floor(Math.min(readLimit(payload), MOST_ON_A_PAGE) / ENTRIES_PER_COST);
    const cost = (SELECTING.has(name) ? SELECTION_COST : 1) + named + paged;
    const ofTab = this.#ofTabs.get(tab) ?? [];
    const ofUser = this.#ofUsers.get(tab.actor.id) ?? [];
    this.#ofTabs.set(tab, ofTab);
    this.#ofUsers.set(tab.actor.id, ofUser);
    this.#add(ofTab, cost, messagesPer10s, 'This tab has');
    this.#add(ofUser, cost, messagesPer10sOfUser, 'Your tabs have');
  }

  #add(counted: Counted, cost: number, limit: number, who: string): void {
    const nowMs = this.#clock.monotonicMs();
    while (counted[0] && nowMs - counted[0].atMs >= WINDOW_MS) counted.shift();
    const sum = counted.reduce((total, each) => total + each.cost, 0);
    if (sum >= limit) {
      throw new Refusal({
        code: 'rate_limited',
        message: `${who} sent more than ${limit} messages within 10 s. Wait a moment.`,
      });
    }
    counted.push({ atMs: nowMs, cost });
  }
}

/** The records that a message names, before it is parsed. */
export function listRecords(payload: unknown, field: 'records' | 'presence' = 'records'): readonly unknown[] {
  const records = (payload as Record<string, unknown> | null | undefined)?.[field];
  return Array.isArray(records) ? records : [];
}

/** The entries of a page that a message asks for, likewise. */
function readLimit(payload: unknown): number {
  const limit = (payload as { limit?: unknown } | null | undefined)?.limit;
  return typeof limit === 'number' && limit > 0 ? limit : 0;
}
