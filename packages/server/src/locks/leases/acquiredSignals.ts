/**
 * Notifies waiters in this process that their lease has come into force, over a subscription that opens with the first of
 * them. If a lost connection loses a notice, the waiting lease learns of it at its next renewal.
 */
import type { LeaseId } from '@rowlock/protocol';
import type { Cluster, Redis } from 'ioredis';
import type { Keys } from '../../redis/keys.ts';
import { type AcquiredNotice, parseNotice } from '../registry/acquiredNotice.ts';
import { listenOn } from './sharedSubscription.ts';

type Listener = (notice: AcquiredNotice | undefined) => void;

export interface AcquiredSignals {
  /** Subscribes, once. Nobody needs to wait for it: until then, renewals find what is not notified. */
  open(): void;
  /** Without a notice, one may have been missed, so ask. Answers a function that stops listening. */
  listen(leaseId: LeaseId, onAcquired: Listener): () => void;
  /** A notice that came another way. Answers whether somebody here has waited for it. */
  notify(notice: string): boolean;
  close(): void;
}

export function createAcquiredSignals(redis: Redis | Cluster, keys: Keys): AcquiredSignals {
  const listeners = new Map<LeaseId, Listener>();
  let stopListening: (() => void) | undefined;

  function notify(text: string): boolean {
    const notice = parseNotice(text);
    const listener = listeners.get(notice.leaseId);
    listener?.(notice);
    return listener !== undefined;
  }

  function notifyAll(): void {
    for (const listener of [...listeners.values()]) listener(undefined);
  }

  return {
    open() {
      stopListening ??= listenOn(redis, keys.acquired, {
        onMessage: notify,
        onGap: notifyAll,
        onRefused() {
          stopListening = undefined;
        },
      });
    },
    listen(leaseId, onAcquired) {
      listeners.set(leaseId, onAcquired);
      return () => listeners.delete(leaseId);
    },
    notify,
    close() {
      stopListening?.();
    },
  };
}
