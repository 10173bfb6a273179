/**
 * The heartbeat thread: one for all workers of a process. It sends the heartbeats of a worker's attempts while the worker's
 * event loop is busy, and keeps their jobs in the queue, so that a task that computes without a pause is not taken for
 * dead. It stops when the loop has hung for too long, by this thread's own clock. While the loop turns it does nothing,
 * not even connect.
 */
import { parentPort } from 'node:worker_threads';
import { type WatchedWorker, type WorkerToWatch, watchWorker } from './watchedWorker.ts';

/** `worker` is absent where the worker with that id has closed. */
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
