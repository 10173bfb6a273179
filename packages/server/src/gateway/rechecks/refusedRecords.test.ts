import { recordKey } from '@rowlock/protocol';
import { describe, expect, it } from 'vitest';
import type { Answer } from './askUntil.ts';
import { findRefusedRecords } from './refusedRecords.ts';

const cities = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, i) => recordKey('cities', String(from + i)));

/** An application that refuses each list with one of these records, and counts the questions. */
async function refusedBy(
  records: ReturnType<typeof cities>,
  answerFor: (key: string) => Answer = () => 'granted',
) {
  let questions = 0;
  const refused = await findRefusedRecords(records, async (asked) => {
    questions += 1;
    const answers = asked.map(answerFor);
    return answers.find((answer) => answer !== 'granted') ?? 'granted';
  });
  return { ...refused, questions };
}

describe('the records that the application refuses', () => {
  it('records that are granted cost one question, however many they are', async () => {
    expect(await refusedBy(cities(1, 5_000))).toEqual({ denied: [], unanswered: [], questions: 1 });
  });

  it('no record is no question', async () => {
    expect(await refusedBy([])).toEqual({ denied: [], unanswered: [], questions: 0 });
  });

  it('one refused record among many is found, and the others stay', async () => {
    const { denied, questions } = await refusedBy(cities(1, 1_000), (key) =>
      key === 'cities/700' ? 'denied' : 'granted',
    );
    expect(denied).toEqual(['cities/700']);
    expect(questions).toBeLessThan(25);
  });

  it('a part that is refused after many questions is refused as a whole', async () => {
    const { denied, questions } = await refusedBy(cities(1, 1_000), () => 'denied');
    expect(denied.sort()).toEqual(cities(1, 1_000).sort());
    expect(questions).toBeLessThanOrEqual(200);
  });

  it('records without an answer are not asked about again', async () => {
    expect(await refusedBy(cities(1, 10), () => 'unanswered')).toEqual({
      denied: [],
      unanswered: cities(1, 10),
      questions: 1,
    });
  });
});
