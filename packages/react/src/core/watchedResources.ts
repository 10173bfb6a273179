/** `client.resources`: how much of a whole resource is locked, and by whom. */
import type { ClientAnswers, ResourceView } from '@rowlock/protocol';
import { RowlockClientError } from './rowlockClientError.ts';
import type { Transport } from './transport.ts';
import { WatchedValues, type WatchedValuesOptions } from './watchedValues.ts';

export interface ResourceSnapshot {
  /** The locks on the resource, as counts. Absent before the first answer, and if the server refuses */
  locks?: ResourceView;
  /** True while this may be out of date */
  isStale: boolean;
  /** Why the server refuses to let it be watched */
  error?: RowlockClientError;
}

export type ResourceLocksOutcome =
  | ({ ok: true } & ClientAnswers['listLocks'])
  | { ok: false; error: RowlockClientError };

/** Whole resources, such as `cities`. */
export interface WatchedResources {
  /** Watches a resource until the returned function is called. `listener` is called at most four times a second. */
  watch(resource: string, listener: () => void): () => void;
  /** The same object for as long as nothing that it shows has changed. */
  get(resource: string): ResourceSnapshot;
  /**
   * The leases in force on a resource, oldest first. `limit`: 1 to 1,000, default 100. `after`: the `next` of the page before.
   * Asks once, and watches nothing.
   */
  listLocks(resource: string, page?: { limit?: number; after?: string }): Promise<ResourceLocksOutcome>;
}

const NO_RESOURCE: ResourceSnapshot = Object.freeze({ isStale: true });

export const createResourceValues = (
  options: Pick<WatchedValuesOptions<ResourceView, ResourceSnapshot>, 'subscriptions' | 'getConnection'>,
): WatchedValues<ResourceView, ResourceSnapshot> =>
  new WatchedValues({
    ...options,
    kind: 'resources',
    unknown: NO_RESOURCE,
    toSnapshot: ({ value: locks, isStale, error }) => ({
      ...(locks && { locks }),
      isStale,
      ...(error && { error }),
    }),
  });

export async function listLocks(
  transport: Pick<Transport, 'request'>,
  resource: string,
  page: { limit?: number; after?: string } = {},
): Promise<ResourceLocksOutcome> {
  const answer = await transport.request('listLocks', { resource, ...page });
  return answer.ok ? answer : { ok: false, error: new RowlockClientError(answer.error) };
}
