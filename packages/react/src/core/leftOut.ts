/** The rows that a launch of this page left out, because others held them. The server keeps no list of them. */
import type { RecordKey } from '@rowlock/protocol';

const leftOut = new Map<string, readonly RecordKey[]>();

/** More tasks of one page are not looked at together. */
const MOST_TASKS = 100;

export function noteLeftOut(taskId: string, records: readonly RecordKey[]): void {
  if (records.length === 0) return;
  leftOut.set(taskId, records);
  const [oldest] = leftOut.keys();
  if (oldest !== undefined && leftOut.size > MOST_TASKS) leftOut.delete(oldest);
}

const NOTHING: readonly RecordKey[] = [];

export const getLeftOut = (taskId: string): readonly RecordKey[] => leftOut.get(taskId) ?? NOTHING;
