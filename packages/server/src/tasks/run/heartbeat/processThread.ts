/**
 * The heartbeat thread of this process. The first worker starts it, and all later workers share it. Starting a thread takes
 * longer than many tasks, and a process with a worker for each tenant needs only one thread.
 */
import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { ThreadMessage } from './heartbeatThread.ts';
import type { WorkerToWatch } from './watchedWorker.ts';

interface ProcessThread {
  thread: Worker;
  /** Called when the thread has failed, by the worker's id */
  onFailed: Map<number, (cause: unknown) => void>;
}

let running: ProcessThread | undefined;
let lastId = 0;

/**
 * Asks the thread to watch a worker. Returns a function that stops it.
 * @param onFailed called when the thread ends by itself. Nothing is watched from then on
 * @throws {Error} if the thread cannot be started, or its Redis options are not plain data
 */
export function watchFromThread(worker: WorkerToWatch, onFailed: (cause: unknown) => void): () => void {
  running ??= startThread();
  const { thread, onFailed: listeners } = running;
  const id = ++lastId;
  const tell = (message: ThreadMessage) => thread.postMessage(message);
  tell({ id, worker });
  listeners.set(id, onFailed);
  return () => {
    listeners.delete(id);
    tell({ id });
  };
}

function startThread(): ProcessThread {
  // The file of the thread is beside this one, compiled or not.
  const extension = extname(import.meta.url);
  const thread = new Worker(new URL(`.//heartbeatThread${extension}`, import.meta.url), {
    ...(extension === '.ts' && { execArgv: [...process.execArgv, '--conditions=@rowlock/source'] }),
  });
  const started: ProcessThread = { thread, onFailed: new Map() };
  thread.on('error', (cause) => {
    // The next worker tries again.
    if (running === started) running = undefined;
    for (const tell of started.onFailed.values()) tell(cause);
    started.onFailed.clear();
  });
  // It never keeps the process alive.
  thread.unref();
  return started;
}
