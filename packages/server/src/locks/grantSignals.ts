/**
 * Tells those who wait in this process that their lease has come into force, over a subscription of its own that is
 * opened with the first of them. What a lost connection has not told, the next heartbeat of the waiting lease learns.
 */
import type { LeaseId } from '@rowlock/protocol';
import { Cluster, type Redis } from 'ioredis';
import type { Keys } from '../redis/keys.ts';
import { type GrantNews, readNews } from './grantNews.ts';

export interface GrantSignals {
  /** Subscribes, once. Nobody waits for it: until it is there, a heartbeat learns what is not told. */
  open(): void;
  /** Undefined news: something may have been missed, so ask. The answer stops listening. */
  listen(leaseId: LeaseId, onGranted: (news: GrantNews | undefined) => void): () => void;
  /** News that came another way. Answers whether somebody here has waited for it. */
  tell(news: string): boolean;
  close(): void;
}

export function createGrantSignals(redis: Redis | Cluster, keys: Keys): GrantSignals {
  const listeners = new Map<LeaseId, (news: GrantNews | undefined) => void>();
  let subscriber: Redis | Cluster | undefined;
  let isSubscribed = false;

  function connect(): Redis | Cluster {
    // It may be silent for hours, and waits for Redis for as long as it takes. What was asked on a connection that was
    // then lost is asked again: else ioredis forgets it, and its promise never settles.
    const options = {
      lazyConnect: false,
      enableOfflineQueue: true,
      maxRetriesPerRequest: null,
      autoResendUnfulfilledCommands: true,
    };
    const opened =
      redis instanceof Cluster
        ? redis.duplicate([], { enableOfflineQueue: true })
        : redis.duplicate({ ...options, socketTimeout: undefined, commandTimeout: undefined } as object);
    opened.on('error', () => {});
    opened.on('ready', tellAll);
    opened.on('message', (_channel: string, news: string) => tell(news));
    return opened;
  }

  function tell(told: string): boolean {
    const news = readNews(told);
    const listener = listeners.get(news.leaseId);
    listener?.(news);
    return listener !== undefined;
  }

  function tellAll(): void {
    for (const listener of [...listeners.values()]) listener(undefined);
  }

  return {
    open() {
      subscriber ??= connect();
      if (isSubscribed) return;
      isSubscribed = true;
      subscriber.subscribe(keys.granted).then(tellAll, () => {
        isSubscribed = false;
      });
    },
    listen(leaseId, onGranted) {
      listeners.set(leaseId, onGranted);
      return () => listeners.delete(leaseId);
    },
    tell,
    close() {
      subscriber?.disconnect();
    },
  };
}
