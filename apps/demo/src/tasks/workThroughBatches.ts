/** The common course of every task: its cities in batches, looking at the signal between them, with progress. */
import { setTimeout as wait } from 'node:timers/promises';
import { idOf, type RecordKey } from '@rowlock/protocol';

export const BATCH_SIZE = 200;

/** What the tasks need of Rowlock's run context. */
export interface BatchContext {
  records: readonly RecordKey[];
  signal: AbortSignal;
  progress: { total(units: number): void; advance(units?: number): void };
}

/**
 * Calls `work` with the ids of each batch.
 *
 * After each one it pauses for `paceMs`: the database does 8,836 cities in a second or two, in which nobody would see
 * the locks that this demo is there to show.
 *
 * @throws the signal's reason as soon as it is aborted; the batches done until then stay done
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
