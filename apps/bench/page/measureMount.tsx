import { RowlockProvider, useRecordLock, useTaskLock } from '@rowlock/react';
import { createRowlockClient } from '@rowlock/react/core';
import { createMemoryTransport, MemoryServer } from '@rowlock/react/testing';
import { type ComponentType, useCallback, useSyncExternalStore } from 'react';
import { flushSync } from 'react-dom';
import { createRoot } from 'react-dom/client';
import type { MountResult } from './results.ts';
import { nextFrame } from './untilTrue.ts';

type Cell = ComponentType<{ id: number }>;

/** The floor: a listener and a value for each id. */
const listeners = new Map<number, Set<() => void>>();
const Bare: Cell = ({ id }) => {
  const subscribe = useCallback(
    (listener: () => void) => {
      const ofId = listeners.get(id) ?? new Set();
      listeners.set(id, ofId);
      ofId.add(listener);
      return () => ofId.delete(listener);
    },
    [id],
  );
  return <i>{useSyncExternalStore(subscribe, () => 'free')}</i>;
};
const RecordLocked: Cell = ({ id }) => <i>{useRecordLock('cities', id).kind}</i>;
const TaskLocked: Cell = ({ id }) => <i>{useTaskLock([id], { resource: 'cities' }).status}</i>;

/** The time until 1,000 hooks are mounted, in turns, since the machine is not always equally fast. */
export async function measureMount(size: { hooks: number; rounds: number }): Promise<MountResult> {
  const server = new MemoryServer({ limits: { watchedRecords: size.hooks } });
  const client = createRowlockClient({ transport: createMemoryTransport({ server }), storage: null });
  const ids = Array.from({ length: size.hooks }, (_, id) => id);
  const cells = { bareMs: Bare, recordLockMs: RecordLocked, taskLockMs: TaskLocked };
  const timesMs: Record<keyof typeof cells, number[]> = { bareMs: [], recordLockMs: [], taskLockMs: [] };
  const stop = client.start();
  for (let round = 0; round <= size.rounds; round += 1) {
    for (const [name, OneCell] of Object.entries(cells) as [keyof typeof cells, Cell][]) {
      const root = createRoot(document.getElementById('root')!);
      const page = (
        <RowlockProvider client={client}>
          {ids.map((id) => (
            <OneCell key={id} id={id} />
          ))}
        </RowlockProvider>
      );
      const begunMs = performance.now();
      // It also runs the effects that subscribe: React runs those of a synchronous render at its end.
      flushSync(() => root.render(page));
      const passedMs = performance.now() - begunMs;
      // The first round warms up.
      if (round > 0) timesMs[name].push(passedMs);
      await nextFrame();
      root.unmount();
      await nextFrame();
    }
  }
  stop();
  return {
    hooks: size.hooks,
    ...{ bareMs: median(timesMs.bareMs), recordLockMs: median(timesMs.recordLockMs) },
    taskLockMs: median(timesMs.taskLockMs),
  };
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
