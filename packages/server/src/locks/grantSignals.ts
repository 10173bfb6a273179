/**
 * Tells those who wait in this process that their lease has come into force, over a subscription of its own that is
 * opened with the first of them. What a lost connection has not told, the next heartbeat of the waiting lease learns.
 */
import type { LeaseId } from '@rowlock/protocol';
import { Cluster, type Redis } from 'ioredis';
import { asRowlockError } from '../redis/connection.ts';
import type { Keys } from '../redis/keys.ts';

/** What is told of a lease with its coming into force. */
export interface GrantNews {
  fence: string;
  since: number;
  recordCount: number;
}

export interface GrantSignals {
  /** Subscribes, once. @throws {UnavailableError} */
  ready(): Promise<void>;
  /** Undefined news: something may have been missed, so ask. The answer stops listening. */
  listen(leaseId: LeaseId, onGranted: (news: GrantNews | undefined) => void): () => void;
  close(): void;
}

export function createGrantSignals(redis: Redis | Cluster, keys: Keys): GrantSignals {
  const listeners = new Map<LeaseId, (news: GrantNews | undefined) => void>();
  let subscriber: Redis | Cluster | undefined;
  let subscribed: Promise<unknown> | undefined;

  function open(): Redis | Cluster {
    // It may be silent for hours, and waits for Redis for as long as it takes.
    const options = { lazyConnect: false, enableOfflineQueue: true, maxRetriesPerRequest: null };
    const opened =
      redis instanceof Cluster
        ? redis.duplicate([], { enableOfflineQueue: true })
        : redis.duplicate({ ...options, socketTimeout: undefined, commandTimeout: undefined } as object);
    opened.on('error', () => {});
    opened.on('ready', () => {
      for (const listener of [...listeners.values()]) listener(undefined);
    });
    opened.on('message', (_channel: string, message: string) => {
      const [leaseId, fence, since, count] = message.split(' ');
      listeners.get(leaseId!)?.({ fence: fence!, since: Number(since), recordCount: Number(count) });
    });
    return opened;
  }

  return {
    async ready() {
      subscriber ??= open();
      subscribed ??= subscriber.subscribe(keys.granted);
      try {
        await subscribed;
      } catch (error) {
        subscribed = undefined;
        throw asRowlockError(error);
      }
    },
    listen(leaseId, onGranted) {
      listeners.set(leaseId, onGranted);
      return () => listeners.delete(leaseId);
    },
    close() {
      subscriber?.disconnect();
    },
  };
}
