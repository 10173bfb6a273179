import type { TaskView } from '@rowlock/protocol';
import { describe, expect, it } from 'vitest';
import { runningTask } from '../../testSupport/forecastFixture.ts';
import { noteReport, type PaceHistory } from './paceHistory.ts';

/** The history after reports at 0 s, 1 s, 2 s, … */
const noteAll = (...reports: Partial<TaskView>[]): PaceHistory | undefined =>
  reports.reduce<PaceHistory | undefined>(
    (history, report, index) => noteReport(history, runningTask(report), index * 1_000),
    undefined,
  );

const units = (done: number): Partial<TaskView> => ({ progress: { done, total: 8 } });

describe('the history of a task', () => {
  it('a report without new units belongs to the next one with some', () => {
    expect(noteAll(units(0), units(1), units(1), units(3))?.intervals).toEqual([
      { units: 0.125, ms: 1_000 },
      { units: 0.25, ms: 2_000 },
    ]);
  });

  it('the pause before another attempt does not count, and the work of the attempt before does', () => {
    const history = noteAll(units(0), units(4), { attempt: 2, ...units(0) }, { attempt: 2, ...units(1) });
    expect(history?.intervals.map(({ ms }) => ms)).toEqual([1_000, 1_000]);
  });

  it('records that are released one by one count as units, and failed ones with them', () => {
    const history = noteAll(
      { finishedCount: 1 },
      { finishedCount: 3, failedCount: 1 },
      { finishedCount: 4, failedCount: 1 },
    );
    expect(history).toMatchObject({ unit: 'records', done: 5 });
    expect(history?.intervals.map(({ units: done }) => done)).toEqual([3, 1]);
  });

  it('a task that is met in the middle of its first attempt has the pace since its start', () => {
    const met = noteReport(undefined, runningTask({ ...units(5), startedAt: 2_000 }), 12_000);
    expect(met?.intervals).toEqual([{ units: 0.625, ms: 10_000 }]);
  });

  it('a task that is met in a later attempt has the pace that the server shows', () => {
    const progress = { done: 5, total: 10, ratePerSecond: 0.2 };
    expect(noteReport(undefined, runningTask({ attempt: 2, progress }), 0)?.intervals).toEqual([
      { units: 0.2, ms: 10_000 },
    ]);
  });

  it('a long history takes no more memory than a short one, and keeps all time and work', () => {
    const reports = Array.from({ length: 1_000 }, (_, index) => ({
      progress: { done: index, total: 1_000 },
    }));
    const { intervals } = noteAll(...reports)!;
    expect(intervals.length).toBeLessThanOrEqual(64);
    expect(intervals.reduce((sum, { ms }) => sum + ms, 0)).toBe(999_000);
  });
});
