import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { ProbeResult } from './probe.ts';

export interface Prober {
  /** Probes Redis while `work` runs. Also waits for the answer to the last PING. */
  during<T>(work: () => Promise<T>): Promise<ProbeResult & { result: T }>;
  close(): Promise<void>;
}

export async function startProber(redisUrl: string): Promise<Prober> {
  const { hostname, port } = new URL(redisUrl);
  const worker = new Worker(new URL('./probe.ts', import.meta.url), {
    workerData: { host: hostname, port: Number(port) },
  });
  await once(worker, 'message');
  return {
    async during(work) {
      worker.postMessage('begin');
      const result = await work();
      const answer = once(worker, 'message');
      worker.postMessage('end');
      return { ...((await answer) as [ProbeResult])[0], result };
    },
    async close() {
      await worker.terminate();
    },
  };
}
