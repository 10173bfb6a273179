/**
 * The heartbeat thread: one for all workers of a process. While a worker's event loop is busy, it renews the leases and job
 * locks of the worker's attempts. So a task that computes without a pause keeps its lease. It stops when the loop has been
 * busy for too long, by this thread's own clock. While the loop turns it does nothing, and does not even connect.
 */
import { parentPort } from 'node:worker_threads';
import { type WatchedWorker, type WorkerToWatch, watchWorker } from './watchedWorker.ts';

/** `worker` is absent if the worker with that id has closed. */
export interface ThreadMessage {
  id: number;
  worker?: WorkerToWatch;
}

const LOOK_INTERVAL_MS = 250;

const watched = new Map<number, WatchedWorker>();

parentPort!.on('message', ({ id, worker }: ThreadMessage) => {
  if (worker) watched.set(id, watchWorker(worker));
  else {
    watched.get(id)?.close();
    watched.delete(id);
  }
});

setInterval(() => {
  for (const each of watched.values()) each.look();
}, LOOK_INTERVAL_MS);
