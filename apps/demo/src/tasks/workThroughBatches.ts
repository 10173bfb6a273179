/** The loop of every task: works through its cities in batches, checks the signal between them, and reports progress. */
import { setTimeout as wait } from 'node:timers/promises';
import { idOf, type RecordKey } from '@rowlock/protocol';

export const BATCH_SIZE = 200;

/** The part of Rowlock's run context that the tasks need. */
export interface BatchContext {
  records: readonly RecordKey[];
  signal: AbortSignal;
  progress: { total(units: number): void; advance(units?: number): void };
}

/**
 * Calls `work` with the ids of each batch.
 *
 * It pauses for `paceMs` after each batch. Without the pause, the database writes 8,836 cities in a second or two, and
 * nobody would see the locks.
 *
 * @throws the reason of the signal when it is aborted. Completed batches stay written
 */
export async function workThroughBatches(
  ctx: BatchContext,
  paceMs: number,
  work: (ids: number[]) => Promise<void>,
): Promise<void> {
  const ids = ctx.records.map((key) => Number(idOf(key)));
  ctx.progress.total(ids.length);
  for (let start = 0; start < ids.length; start += BATCH_SIZE) {
    ctx.signal.throwIfAborted();
    const batch = ids.slice(start, start + BATCH_SIZE);
    await work(batch);
    ctx.progress.advance(batch.length);
    if (paceMs > 0) await pause(paceMs, ctx.signal);
  }
}

async function pause(paceMs: number, signal: AbortSignal): Promise<void> {
  try {
    await wait(paceMs, undefined, { signal });
  } catch {
    signal.throwIfAborted();
  }
}
