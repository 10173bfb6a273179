/** The server, in a thread of its own, as it is in life: the page is measured without it. */
import { recordKey } from '@rowlock/protocol';
import { createMemoryTransport, MemoryServer } from '@rowlock/react/testing';
import type { FromWorker, ToWorker } from './workerMessages.ts';

const BO = { id: 'bo', name: 'Bo Berg' };
const STEP_MS = 4;

const server = new MemoryServer({ limits: { watchedRecords: 5_000 } });
const transport = createMemoryTransport({ server });
let taskIds: string[] = [];

const post = (message: FromWorker) => self.postMessage(message);
transport.identify(() => undefined);
transport.on((event) => post({ type: 'event', event }));

self.addEventListener('message', ({ data }: MessageEvent<ToWorker>) => {
  switch (data.type) {
    case 'connect':
      return transport.connect();
    case 'close':
      return transport.close();
    case 'request':
      return void transport
        // The page has typed the message.
        .request(data.name, data.message as never)
        .then((answer) => post({ type: 'answer', id: data.id, answer }));
    case 'begin':
      taskIds = begin(data.tasks, data.rows);
      return;
    case 'work':
      return work(data.eventsPerSecond, data.forMs);
    default: {
      const impossible: never = data;
      throw new TypeError(`Unknown message: ${JSON.stringify(impossible)}.`);
    }
  }
});

function begin(tasks: number, rows: number): string[] {
  const each = Math.floor(rows / tasks);
  return Array.from({ length: tasks }, (_, task) => {
    const records = Array.from({ length: each }, (_, row) => recordKey('cities', task * each + row));
    const progress = { done: 0, total: 1_000_000 };
    return server.startTask({ label: `Task ${task}`, actor: BO, records, progress }).id;
  });
}

/** Reports progress as often as wanted, in turns of all tasks. */
function work(eventsPerSecond: number, forMs: number): void {
  const begunMs = performance.now();
  let events = 0;
  const timer = setInterval(() => {
    const passedMs = performance.now() - begunMs;
    const due = Math.floor((Math.min(passedMs, forMs) * eventsPerSecond) / 1_000);
    for (; events < due; events += 1) {
      const id = taskIds[events % taskIds.length]!;
      server.updateTask(id, { progress: { done: events, total: 1_000_000 } });
    }
    if (passedMs < forMs) return;
    clearInterval(timer);
    post({ type: 'done', events, tookMs: passedMs });
  }, STEP_MS);
}
