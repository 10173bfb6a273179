/**
 * Tells those who wait in this process that their lease has come into force, over a subscription that is opened with the
 * first of them. What a lost connection has not told, the next heartbeat of the waiting lease learns.
 */
import type { LeaseId } from '@rowlock/protocol';
import type { Cluster, Redis } from 'ioredis';
import type { Keys } from '../../redis/keys.ts';
import { type GrantNews, readNews } from '../registry/grantNews.ts';
import { listenOn } from './grantChannels.ts';

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
  let stopListening: (() => void) | undefined;

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
      stopListening ??= listenOn(redis, keys.granted, {
        onMessage: tell,
        onGap: tellAll,
        onRefused() {
          stopListening = undefined;
        },
      });
    },
    listen(leaseId, onGranted) {
      listeners.set(leaseId, onGranted);
      return () => listeners.delete(leaseId);
    },
    tell,
    close() {
      stopListening?.();
    },
  };
}
