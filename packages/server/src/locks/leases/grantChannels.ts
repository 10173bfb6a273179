/**
 * One subscription for all who wait on the same connection, whatever the number of their namespaces. It opens with the
 * first of them and ends with the last.
 */
import { Cluster, type Redis } from 'ioredis';

export interface ChannelListener {
  onMessage(message: string): void;
  /** Messages may have been missed: the subscription is new, or was lost for a while */
  onGap(): void;
  /** Redis has refused the subscription, and the listening has ended: ask again later */
  onRefused(): void;
}

interface Subscription {
  subscriber: Redis | Cluster;
  listeners: Map<string, Set<ChannelListener>>;
}

const subscriptions = new WeakMap<Redis | Cluster, Subscription>();

/** Nobody waits until it is there. The answer ends it. */
export function listenOn(redis: Redis | Cluster, channel: string, listener: ChannelListener): () => void {
  const { subscriber, listeners } = subscriptionOf(redis);
  const others = listeners.get(channel);
  if (others) others.add(listener);
  else listeners.set(channel, new Set([listener]));
  // Also where others listen already: what it has missed so far is asked for.
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
  // It may be silent for hours, and waits for Redis for as long as it takes. What was asked on a connection that was
  // then lost is asked again: else ioredis forgets it, and its promise never settles.
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
