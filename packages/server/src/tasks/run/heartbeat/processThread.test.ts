import { expect, test, vi } from 'vitest';
import { watchFromThread } from './processThread.ts';
import { sharedBytesFor } from './sharedAttempts.ts';

const threads = vi.hoisted(() => ({ started: 0 }));
vi.mock(import('node:worker_threads'), async (importOriginal) => {
  const original = await importOriginal();
  class CountedWorker extends original.Worker {
    constructor(...args: ConstructorParameters<typeof original.Worker>) {
      super(...args);
      threads.started += 1;
    }
  }
  return { ...original, Worker: CountedWorker };
});

const worker = (target: string | object = 'redis://127.0.0.1:1') => ({
  buffer: new SharedArrayBuffer(sharedBytesFor(1)),
  target,
  namespace: 'thread',
  maxHangMs: 60_000,
  lockDurationMs: 10_000,
});

test('all workers of a process share one heartbeat thread, also those that follow a closed one', () => {
  const stops = Array.from({ length: 3 }, () => watchFromThread(worker(), () => {}));
  for (const stop of stops) stop();
  watchFromThread(worker(), () => {})();

  expect(threads.started).toBe(1);
});

test('options of Redis that are no plain data are refused, and leave the thread to the others', () => {
  const other = watchFromThread(worker(), () => {});

  expect(() => watchFromThread(worker({ retryStrategy: () => 1 }), () => {})).toThrow();

  watchFromThread(worker(), () => {})();
  other();
  expect(threads.started).toBe(1);
});
