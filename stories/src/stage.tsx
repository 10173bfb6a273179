/** The stage of every story: a client of a server in memory. The story sets the state of the server and then changes it. */
import type { Actor } from '@rowlock/protocol';
import { type Messages, RowlockProvider } from '@rowlock/react';
import { createRowlockClient } from '@rowlock/react/core';
import { createMemoryTransport, type MemoryServer, type MemoryTransport } from '@rowlock/react/testing';
import { type ReactNode, useEffect, useState } from 'react';

export const ann: Actor = { id: 'ann', name: 'Ann Lee' };
export const bo: Actor = { id: 'bo', name: 'Bo Berg' };
export const cleo: Actor = { id: 'cleo', name: 'Cleo Marin' };

export interface StageProps {
  /** Sets the state at the start of the story */
  set?: (server: MemoryServer, transport: MemoryTransport) => void;
  /** Changes the state during the story. Returns a function that stops the changes */
  move?: (server: MemoryServer, transport: MemoryTransport) => (() => void) | undefined;
  messages?: Messages;
  children: ReactNode;
}

export function Stage({ set, move, messages, children }: StageProps) {
  const [{ transport, client }] = useState(() => {
    const opened = createMemoryTransport({ actor: ann });
    set?.(opened.server, opened);
    return { transport: opened, client: createRowlockClient({ transport: opened, storage: null }) };
  });
  useEffect(() => move?.(transport.server, transport), [move, transport]);
  return (
    <RowlockProvider client={client} {...(messages && { messages })}>
      {children}
    </RowlockProvider>
  );
}

/** The parameters of a story whose components stand on a server in memory: see `.storybook/withStage.tsx`. */
export const onStage = (stage: Omit<StageProps, 'children' | 'messages'> = {}) => ({ stage });

/** Calls `step` every `ms`, for stories that change. */
export function every(ms: number, step: () => void): () => void {
  const timer = setInterval(step, ms);
  return () => clearInterval(timer);
}

export function after(ms: number, step: () => void): () => void {
  const timer = setTimeout(step, ms);
  return () => clearTimeout(timer);
}

/** Completes a task within about `durationMs`, and starts another one when it is done. */
export function keepWorking(
  server: MemoryServer,
  label: string,
  records: `${string}/${string}`[],
  durationMs = 9_000,
) {
  const total = 8_836;
  const stepMs = 250;
  const begin = () =>
    server.startTask({ label, actor: bo, records, progress: { done: 0, total, stage: 'Reading rows' } }).id;
  let id = begin();
  return every(stepMs, () => {
    const task = server.task(id);
    if (!task) return;
    if (task.state !== 'running') {
      id = begin();
      return;
    }
    if (task.cancelRequested) {
      server.endTask(id, 'cancelled');
      return;
    }
    const done = Math.min(total, task.progress.done + Math.ceil((total * stepMs) / durationMs));
    if (done === total) server.endTask(id);
    else {
      const ratePerSecond = (total * 1_000) / durationMs;
      const etaMs = ((total - done) / ratePerSecond) * 1_000;
      server.updateTask(id, { progress: { done, total, stage: 'Normalising names', ratePerSecond, etaMs } });
    }
  });
}
