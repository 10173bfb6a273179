import type { TaskView } from '@rowlock/protocol';
import { describe, expect, it } from 'vitest';
import { runningTask } from '../../testSupport/forecastFixture.ts';
import { PaceBook } from './paceBook.ts';

/** A task that releases one of its ten records every two seconds, and ends. */
function runOnce(book: PaceBook, fields: Partial<TaskView> = {}): void {
  for (let finishedCount = 0; finishedCount < 10; finishedCount++)
    book.note(runningTask({ finishedCount, ...fields }), finishedCount * 2_000);
  book.note(runningTask({ state: 'completed', ...fields }), 20_000);
}

describe('the paces that a tab knows', () => {
  it('an ended task leaves only what tasks of its name need', () => {
    const book = new PaceBook();
    runOnce(book);
    expect(book.findHistory('task')).toBeUndefined();
    expect(book.findExperience('rename')).toMatchObject({ isReleasing: true });
    expect(book.findExperience('rename')!.msPerRecord).toBeCloseTo(2_000);
    expect(book.findExperience('export')).toBeUndefined();
  });

  it('a task that runs now counts before one that has ended', () => {
    const book = new PaceBook();
    runOnce(book);
    for (const finishedCount of [0, 1, 2, 3])
      book.note(runningTask({ id: 'other', finishedCount }), finishedCount * 5_000);
    expect(book.findExperience('rename')!.msPerRecord).toBeCloseTo(5_000);
  });

  it('a task that the tab no longer knows is forgotten', () => {
    const book = new PaceBook();
    book.note(runningTask({ finishedCount: 1 }), 0);
    book.retain(() => false);
    expect(book.findHistory('task')).toBeUndefined();
  });

  it('the number of tasks and names in memory is limited', () => {
    const book = new PaceBook();
    for (let i = 0; i < 600; i++) book.note(runningTask({ id: `task-${i}`, finishedCount: 1 }), 0);
    expect(book.findHistory('task-0')).toBeUndefined();
    expect(book.findHistory('task-599')).toBeDefined();
  });
});
