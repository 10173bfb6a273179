import type { Ack, ClientMessageName } from '@rowlock/protocol';
import type { Transport, TransportEvent } from '@rowlock/react/core';
import type { FromWorker, ToWorker } from './workerMessages.ts';

export interface ServerInWorker {
  transport: Transport;
  /** Tasks begin, and hold the first rows together. */
  begin(tasks: number, rows: number): void;
  /** The tasks report progress. Resolves to the events that they made. */
  work(eventsPerSecond: number, forMs: number): Promise<{ events: number; tookMs: number }>;
  stop(): void;
}

/** A server in a worker of this page, reached by messages. */
export function startServerInWorker(): ServerInWorker {
  const worker = new Worker(new URL('./serverWorker.ts', import.meta.url), { type: 'module' });
  const listeners = new Set<(event: TransportEvent) => void>();
  const answers = new Map<number, (answer: never) => void>();
  let onDone: (result: { events: number; tookMs: number }) => void = () => {};
  let lastId = 0;
  const post = (message: ToWorker) => worker.postMessage(message);
  worker.addEventListener('message', ({ data }: MessageEvent<FromWorker>) => {
    if (data.type === 'event') for (const listener of [...listeners]) listener(data.event);
    if (data.type === 'answer') answers.get(data.id)?.(data.answer as never);
    if (data.type === 'done') onDone(data);
  });
  return {
    transport: {
      identify: () => {},
      connect: () => post({ type: 'connect' }),
      close: () => post({ type: 'close' }),
      on(listener) {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
      request: <N extends ClientMessageName>(
        name: N,
        message: unknown,
        onAnswer?: (answer: Ack<N>) => void,
      ): Promise<Ack<N>> =>
        new Promise((resolve) => {
          const id = ++lastId;
          answers.set(id, (answer: Ack<N>) => {
            answers.delete(id);
            onAnswer?.(answer);
            resolve(answer);
          });
          post({ type: 'request', id, name, message });
        }),
    },
    begin: (tasks, rows) => post({ type: 'begin', tasks, rows }),
    work(eventsPerSecond, forMs) {
      post({ type: 'work', eventsPerSecond, forMs });
      return new Promise((resolve) => {
        onDone = resolve;
      });
    },
    stop: () => worker.terminate(),
  };
}
