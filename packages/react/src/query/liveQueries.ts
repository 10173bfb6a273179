/** Keeps the data of queries live: a query that is on screen watches its source, and gets each change. */
import type { QueryClient, QueryFunctionContext } from '@tanstack/react-query';

/** Something that the client of Rowlock watches. */
export interface LiveSource<Data> {
  watch: (listener: () => void) => () => void;
  /** The same object until it changes */
  get: () => Data;
  /** The server has answered */
  isReady: (data: Data) => boolean;
  /** Why the server refuses it */
  findError?: (data: Data) => Error | undefined;
}

type LiveContext = Pick<QueryFunctionContext, 'client' | 'queryKey' | 'signal'>;

/** A `queryFn`: resolves with the first answer, and updates the query for as long as a component shows it. */
export function fetchLive<Data>(
  source: LiveSource<Data>,
  { client, queryKey, signal }: LiveContext,
): Promise<Data> {
  return new Promise((resolve, reject) => {
    const queries = getLiveQueries(client);
    let isSettled = false;
    const look = () => {
      const data = source.get();
      const error = source.findError?.(data);
      if (error) fail(error);
      else if (isSettled) client.setQueryData(queryKey, data);
      else if (source.isReady(data)) {
        isSettled = true;
        resolve(data);
      }
    };
    const fail = (error: Error) => {
      queries.stop(queryKey);
      if (isSettled) void client.invalidateQueries({ queryKey, exact: true });
      else reject(error);
      isSettled = true;
    };
    queries.start(queryKey, source.watch(look));
    signal.addEventListener('abort', () => {
      if (isSettled) return;
      queries.stop(queryKey);
      reject(signal.reason);
    });
    look();
  });
}

/** The watches of the queries of one `QueryClient`. */
class LiveQueries {
  readonly #watches = new Map<string, () => void>();

  constructor(client: QueryClient) {
    client.getQueryCache().subscribe(({ type, query }) => {
      const isUnused = type === 'removed' || (type === 'observerRemoved' && query.getObserversCount() === 0);
      // A query that is loaded in advance is not kept live.
      const isPrefetched =
        type === 'updated' && query.state.fetchStatus === 'idle' && query.getObserversCount() === 0;
      if (isUnused || isPrefetched) this.stop(query.queryKey);
    });
  }

  start(key: readonly unknown[], stop: () => void): void {
    this.stop(key);
    this.#watches.set(JSON.stringify(key), stop);
  }

  stop(key: readonly unknown[]): void {
    const name = JSON.stringify(key);
    const stop = this.#watches.get(name);
    this.#watches.delete(name);
    stop?.();
  }
}

const all = new WeakMap<QueryClient, LiveQueries>();

function getLiveQueries(client: QueryClient): LiveQueries {
  const queries = all.get(client) ?? new LiveQueries(client);
  all.set(client, queries);
  return queries;
}
