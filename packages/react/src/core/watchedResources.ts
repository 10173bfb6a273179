/** `client.resources`: how much of a whole resource is locked, and by whom. */
import type { ClientAnswers, ResourceView } from '@rowlock/protocol';
import type { ConnectionState } from './connection.ts';
import { isSameContent } from './isSameContent.ts';
import { RowlockClientError } from './rowlockClientError.ts';
import type { Subscriptions } from './subscriptions.ts';
import type { Transport } from './transport.ts';

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

export class ResourceStore {
  readonly #transport: Transport;
  readonly #subscriptions: Subscriptions;
  readonly #getConnection: () => ConnectionState;
  readonly #views = new Map<string, ResourceView>();
  readonly #snapshots = new Map<string, ResourceSnapshot>();

  constructor(options: {
    transport: Transport;
    subscriptions: Subscriptions;
    getConnection: () => ConnectionState;
  }) {
    this.#transport = options.transport;
    this.#subscriptions = options.subscriptions;
    this.#getConnection = options.getConnection;
  }

  get(resource: string): ResourceSnapshot {
    const { resources } = this.#subscriptions;
    const before = this.#snapshots.get(resource) ?? NO_RESOURCE;
    if (!resources.has(resource)) return before;
    const locks = this.#views.get(resource);
    const error = this.#subscriptions.findRefusal('resources', [resource]);
    const isStale = this.#getConnection().status !== 'live' || !resources.isAnswered(resource);
    if (before.locks === locks && before.isStale === isStale && before.error === error) return before;
    const snapshot = { ...(locks && { locks }), isStale, ...(error && { error }) };
    this.#snapshots.set(resource, snapshot);
    return snapshot;
  }

  async listLocks(
    resource: string,
    page: { limit?: number; after?: string } = {},
  ): Promise<ResourceLocksOutcome> {
    const answer = await this.#transport.request('listLocks', { resource, ...page });
    return answer.ok ? answer : { ok: false, error: new RowlockClientError(answer.error) };
  }

  /** Returns the resources whose counts have changed. */
  apply(views: Record<string, ResourceView> = {}): Set<string> {
    const changed = new Set<string>();
    for (const [resource, view] of Object.entries(views)) {
      // A change can cross with the message that unwatches the resource.
      if (!this.#subscriptions.resources.has(resource)) continue;
      if (isSameContent(this.#views.get(resource), view)) continue;
      this.#views.set(resource, view);
      changed.add(resource);
    }
    return changed;
  }

  /** These are no longer watched, or the server refuses them. */
  forget(resources: Iterable<string>): void {
    for (const resource of resources) {
      this.#views.delete(resource);
      this.#snapshots.delete(resource);
    }
  }
}
