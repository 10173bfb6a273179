/**
 * Which records the application refuses. It is asked about all of them at once, and only if it refuses them about ever
 * smaller parts. So a permission that stays costs one question, however many records there are.
 */
import type { RecordKey } from '@rowlock/protocol';
import type { Answer } from './askUntil.ts';

/** Beyond, a part that is refused as a whole is not divided, as a list of records in one request is not. */
const MOST_QUESTIONS = 200;

export interface RefusedRecords {
  denied: RecordKey[];
  unanswered: RecordKey[];
}

export async function findRefusedRecords(
  records: readonly RecordKey[],
  ask: (records: readonly RecordKey[]) => Promise<Answer>,
): Promise<RefusedRecords> {
  const refused: RefusedRecords = { denied: [], unanswered: [] };
  let questions = 0;
  let parts = records.length > 0 ? [records] : [];
  while (parts.length > 0) {
    questions += parts.length;
    const answers = await Promise.all(parts.map(ask));
    const denied = parts.filter((_, i) => answers[i] === 'denied');
    for (const part of parts.filter((_, i) => answers[i] === 'unanswered')) refused.unanswered.push(...part);
    const divisible = denied.filter(({ length }) => length > 1);
    const isDivided = questions + 2 * divisible.length <= MOST_QUESTIONS;
    for (const part of isDivided ? denied.filter(({ length }) => length === 1) : denied)
      refused.denied.push(...part);
    parts = isDivided ? divisible.flatMap(halves) : [];
  }
  return refused;
}

function halves(records: readonly RecordKey[]): (readonly RecordKey[])[] {
  const middle = Math.ceil(records.length / 2);
  return [records.slice(0, middle), records.slice(middle)];
}
