/** The order in which a task works on the records of its lease, read from the lease's list in Redis. Pure. */
import type { RecordKey } from '@rowlock/protocol';
import { unpackChunk } from './coverage.ts';

/** Released records may be this far ahead of their number before the task counts as working in another order. */
const TOLERATED_PLACES = 50;

/** The order in which the run of a task gets the records of its lease. */
export interface WorkOrder {
  /** Record → its place, 0 is the first. Released records keep theirs */
  placeOf: Map<RecordKey, number>;
  /** Those that are released by now */
  released: Set<RecordKey>;
}

/** As `readCoverage`, with the records that are released by now. */
export function readWorkOrder(chunks: readonly string[]): WorkOrder {
  const placeOf = new Map<RecordKey, number>();
  const released = new Set<RecordKey>();
  for (const chunk of chunks) {
    if (chunk.startsWith('@')) continue;
    const isReleased = chunk.startsWith('-');
    for (const key of unpackChunk(chunk)) {
      if (isReleased) released.add(key);
      else {
        released.delete(key);
        if (!placeOf.has(key)) placeOf.set(key, placeOf.size);
      }
    }
  }
  return { placeOf, released };
}

/** Undefined if the task has released records that it would not have reached yet: then it works in another order. */
export function followedOrder(order: WorkOrder | undefined, failedCount: number): WorkOrder | undefined {
  if (!order) return undefined;
  const farthest = 2 * (order.released.size + failedCount) + TOLERATED_PLACES;
  for (const record of order.released) if ((order.placeOf.get(record) ?? 0) > farthest) return undefined;
  return order;
}

/** The last place in `order` of a record that the other lease names and this one still covers. */
export function lastPlaceOf(wanted: WorkOrder | undefined, order: WorkOrder | undefined): number | undefined {
  let last: number | undefined;
  for (const record of wanted?.placeOf.keys() ?? []) {
    const place = order?.released.has(record) ? undefined : order?.placeOf.get(record);
    if (place !== undefined && place > (last ?? -1)) last = place;
  }
  return last;
}
