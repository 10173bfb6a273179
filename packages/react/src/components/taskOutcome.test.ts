import type { TaskState, TaskView } from '@rowlock/protocol';
import { describe, expect, it } from 'vitest';
import { createEnglishMessages } from '../messages/englishMessages.ts';
import { createGermanMessages } from '../messages/german/germanMessages.ts';
import { task } from '../testSupport/componentFixture.ts';
import { getOutcome } from './taskOutcome.ts';

const english = createEnglishMessages();
const outcome = (state: TaskState, change: Partial<TaskView> = {}) =>
  getOutcome(task(state, { recordCount: 8_836, progress: { done: 1_600, total: 8_836 }, ...change }));

describe('the outcome of a task', () => {
  it.each([
    ['completed', {}, '8,836 rows changed'],
    ['completed', { recordCount: 1 }, '1 row changed'],
    ['completed', { failedCount: 3 }, '8,833 rows changed · 3 failed'],
    ['completed', { recordCount: 0 }, 'Done'],
    ['cancelled', {}, 'Cancelled after 1,600 of 8,836 rows; those stay changed'],
    ['cancelled', { attempt: 0, progress: { done: 0, total: null } }, 'Cancelled before it changed a row'],
    ['cancelled', { progress: { done: 3, total: 7 } }, 'Cancelled. Rows that it had changed stay changed'],
    ['failed', {}, 'Failed after 1,600 of 8,836 rows; those stay changed'],
    ['failed', { attempt: 0, progress: { done: 0, total: null } }, 'Failed before it changed a row'],
  ] as const)('%s %o is said as a sentence', (state, change, sentence) => {
    expect(english.outcome(outcome(state, change)!, false)).toBe(sentence);
  });

  it('A task that only reads has changed nothing', () => {
    expect(english.outcome(outcome('completed')!, true)).toBe('8,836 rows read');
    expect(english.outcome(outcome('cancelled')!, true)).toBe('Cancelled after 1,600 of 8,836 rows');
  });

  it('German sentences have German numbers', () => {
    const german = createGermanMessages();
    expect(german.outcome(outcome('cancelled')!, false)).toBe(
      'Abgebrochen nach 1.600 von 8.836 Zeilen; diese bleiben geändert',
    );
  });

  it('Rows that were left out are named', () => {
    expect(english.outcomeLeftOut(1, ['Liège'])).toBe('1 left out: Liège');
    expect(english.outcomeLeftOut(5, ['Liège', 'Gent'])).toBe('5 left out: Liège, Gent and 3 more');
  });

  it('An open task has no outcome', () => {
    expect(outcome('running')).toBeUndefined();
  });
});
