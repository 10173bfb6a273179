import { recordKey } from '@rowlock/protocol';
import { describe, expect, it } from 'vitest';
import { BATCH_SIZE, workThroughBatches } from './workThroughBatches.ts';

function createContext(count: number, signal = new AbortController().signal) {
  const done: number[] = [];
  const records = Array.from({ length: count }, (_, index) => recordKey('cities', index + 1));
  const progress = { total: () => {}, advance: (units = 1) => void done.push(units) };
  return { context: { records, signal, progress }, done };
}

describe('workThroughBatches', () => {
  it('workThroughBatches passes every row once, in batches, and counts each batch when it is done', async () => {
    const { context, done } = createContext(BATCH_SIZE * 2 + 1);
    const seen: number[] = [];
    await workThroughBatches(context, 0, async (ids) => void seen.push(...ids));
    expect(seen).toEqual(context.records.map((_, index) => index + 1));
    expect(done).toEqual([BATCH_SIZE, BATCH_SIZE, 1]);
  });

  it('workThroughBatches stops between two batches when it is aborted, with the reason', async () => {
    const abort = new AbortController();
    const { context, done } = createContext(BATCH_SIZE * 3, abort.signal);
    const work = workThroughBatches(context, 0, async () => abort.abort(new Error('cancelled by Ann')));
    await expect(work).rejects.toThrow('cancelled by Ann');
    expect(done).toEqual([BATCH_SIZE]);
  });

  it('workThroughBatches ends its pause early when it is aborted', async () => {
    const abort = new AbortController();
    const { context } = createContext(BATCH_SIZE * 2, abort.signal);
    const work = workThroughBatches(context, 60_000, async () => {
      queueMicrotask(() => abort.abort(new Error('shutdown')));
    });
    await expect(work).rejects.toThrow('shutdown');
  });
});
