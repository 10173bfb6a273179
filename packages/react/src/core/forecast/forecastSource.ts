/** `client.forecasts`: what is ahead of a request for records, and when they will be free by what this tab knows. */
import type { Blocker, LeaseView, RecordKey } from '@rowlock/protocol';
import type { KnownView } from '../knownView.ts';
import { RowlockClientError } from '../rowlockClientError.ts';
import type { Subscriptions } from '../subscriptions.ts';
import type { Transport } from '../transport.ts';
import { type Forecasts, forecastRecords } from './forecastRecords.ts';
import type { PaceBook } from './paceBook.ts';

/** The most records of one message. */
export const MOST_ASKED = 1_000;

export type BlockersOutcome = { ok: true; blockers: Blocker[] } | { ok: false; error: RowlockClientError };

export interface ForecastSource {
  /**
   * Asks once for the leases that a request for at most 1,000 records would wait for. Leases in force come first, then those that
   * wait. Counts as 10 messages.
   */
  listBlockers(records: readonly RecordKey[]): Promise<BlockersOutcome>;
  /** When these leases release their records, by the progress that this tab has seen. */
  forecast(blockers: readonly Blocker[]): Forecasts;
}

export interface ForecastSourceParts {
  transport: Transport;
  paces: PaceBook;
  /** Unix time in ms by the server's clock */
  serverNow: () => number;
  isOwn: (lease: LeaseView) => boolean;
  view: KnownView;
  subscriptions: Subscriptions;
}

export const createForecastSource = (parts: ForecastSourceParts): ForecastSource => ({
  async listBlockers(records) {
    const answer = await parts.transport.request('listBlockers', { records: [...records] });
    return answer.ok ? answer : { ok: false, error: new RowlockClientError(answer.error) };
  },

  forecast: (blockers) =>
    forecastRecords(blockers, {
      nowMs: parts.serverNow(),
      isOwn: parts.isOwn,
      findTask: (taskId) => parts.view.tasks.get(taskId),
      isReleased: (record, leaseId) =>
        parts.subscriptions.records.isAnswered(record) &&
        !parts.view.records.listLeases(record).some(({ id }) => id === leaseId),
      findHistory: (taskId) => parts.paces.findHistory(taskId),
      findExperience: (name) => parts.paces.findExperience(name),
    }),
});
