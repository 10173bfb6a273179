/**
 * One Redis subscription for all waiters on the same connection, whatever the number of their namespaces. It opens with the
 * first listener and ends with the last.
 */
import { Cluster, type Redis } from 'ioredis';

export interface ChannelListener {
  onMessage(message: string): void;
  /** Messages may have been missed: the subscription is new, or was lost for a while */
  onGap(): void;
  /** Redis has refused the subscription, and the listener was removed: subscribe again later */
  onRefused(): void;
}

interface Subscription {
  subscriber: Redis | Cluster;
  listeners: Map<string, Set<ChannelListener>>;
}

const subscriptions = new WeakMap<Redis | Cluster, Subscription>();

/** Adds a listener, at once: the subscription may follow later. Answers a function that removes it. */
export function listenOn(redis: Redis | Cluster, channel: string, listener: ChannelListener): () => void {
  const { subscriber, listeners } = subscriptionOf(redis);
  const others = listeners.get(channel);
  if (others) others.add(listener);
  else listeners.set(channel, new Set([listener]));
  // Also if others listen already, so that the new listener asks for what it has missed.
  subscriber.subscribe(channel).then(listener.onGap, () => {
    stop();
    listener.onRefused();
  });
  return stop;

  function stop(): void {
    const left = listeners.get(channel);
    left?.delete(listener);
    if (left?.size === 0) {
      listeners.delete(channel);
      subscriber.unsubscribe(channel).catch(() => {});
    }
    if (listeners.size > 0 || subscriptions.get(redis)?.subscriber !== subscriber) return;
    subscriptions.delete(redis);
    subscriber.disconnect();
  }
}

function subscriptionOf(redis: Redis | Cluster): Subscription {
  const known = subscriptions.get(redis);
  if (known) return known;
  const subscriber = openSubscriber(redis);
  const listeners: Subscription['listeners'] = new Map();
  subscriber.on('ready', () => {
    for (const listener of [...listeners.values()].flatMap((some) => [...some])) listener.onGap();
  });
  subscriber.on('message', (channel: string, message: string) => {
    for (const listener of [...(listeners.get(channel) ?? [])]) listener.onMessage(message);
  });
  const subscription = { subscriber, listeners };
  subscriptions.set(redis, subscription);
  return subscription;
}

function openSubscriber(redis: Redis | Cluster): Redis | Cluster {
  // It may be idle for hours, and waits for Redis without a limit. ioredis resends commands after a lost connection:
  // otherwise it forgets them, and their promises never settle.
  const options = {
    lazyConnect: false,
    enableOfflineQueue: true,
    maxRetriesPerRequest: null,
    autoResendUnfulfilledCommands: true,
  };
  const subscriber =
    redis instanceof Cluster
      ? redis.duplicate([], { enableOfflineQueue: true })
      : redis.duplicate({ ...options, socketTimeout: undefined, commandTimeout: undefined } as object);
  subscriber.on('error', () => {});
  return subscriber;
}
