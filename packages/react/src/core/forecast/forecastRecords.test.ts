import type { Blocker, RecordKey, TaskView } from '@rowlock/protocol';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { blocker, runningTask } from '../../testSupport/forecastFixture.ts';
import { type ForecastFacts, forecastRecords } from './forecastRecords.ts';
import type { PaceHistory } from './paceHistory.ts';
import type { RecordForecast } from './recordForecast.ts';

const NOW_MS = 100_000;
const records = Array.from({ length: 10 }, (_, id): RecordKey => `cities/${id}`);
const places = records.map((_, place) => place);

/** One record a second, until now. */
const historyOf = ({ finishedCount, attempt }: TaskView): PaceHistory => ({
  unit: finishedCount === undefined ? 'share' : 'records',
  attempt,
  done: finishedCount ?? 0.5,
  sinceMs: NOW_MS,
  gapMs: 1_000,
  intervals: Array.from({ length: 20 }, () => ({ units: finishedCount === undefined ? 0.1 : 1, ms: 1_000 })),
});

function forecast(blockers: readonly Blocker[], facts: Partial<ForecastFacts> = {}) {
  const tasks = new Map(blockers.flatMap(({ task }) => (task ? [[task.id, task] as const] : [])));
  return forecastRecords(blockers, {
    nowMs: NOW_MS,
    isOwn: () => false,
    findTask: (id) => tasks.get(id),
    isReleased: () => false,
    findHistory: (id) => historyOf(tasks.get(id)!),
    findExperience: () => ({ msPerRecord: 2_000, isReleasing: true }),
    ...facts,
  }).ofRecords;
}

const inSeconds = (said: RecordForecast | undefined): number | string | undefined =>
  said?.kind === 'at'
    ? Math.round((said.atMs - NOW_MS) / 1_000)
    : said?.kind === 'unknown'
      ? said.why
      : said?.kind;

const releasing = runningTask({ finishedCount: 3 });
const inForce = (task: TaskView) => blocker('1', records, { task, order: places });
const waiting = (id: string, fields: Partial<Blocker> = {}) =>
  blocker(id, records, {
    task: runningTask({ id: `task-${id}`, state: 'waiting' }),
    isWaiting: true,
    order: places,
    waitsFor: [{ leaseId: '1', until: 9 }],
    ...fields,
  });

describe('when a record will be free', () => {
  it('a record that nothing blocks is not in the forecast', () => {
    expect(forecast([]).size).toBe(0);
  });

  it('a task that releases its records one by one releases each in its turn', () => {
    const said = forecast([inForce(releasing)]);
    expect(['cities/3', 'cities/5', 'cities/9'].map((key) => inSeconds(said.get(key as RecordKey)))).toEqual([
      1, 3, 7,
    ]);
  });

  it('a task that releases nothing before its end releases all of them then', () => {
    const said = forecast([inForce(runningTask({ progress: { done: 5, total: 10, fraction: 0.5 } }))]);
    expect(new Set([...said.values()].map(inSeconds))).toEqual(new Set([5]));
  });

  it('a record that the task has passed without releasing it has failed, and stays until the end', () => {
    const said = forecast([inForce(runningTask({ finishedCount: 2, failedCount: 1 }))]);
    expect(inSeconds(said.get('cities/1'))).toBe(7);
  });

  it('a record that the task has released meanwhile is free', () => {
    expect(
      forecast([inForce(releasing)], { isReleased: (record) => record === 'cities/4' }).has('cities/4'),
    ).toBe(false);
  });

  it('a task that pauses moves its end on, and promises no time in the past', () => {
    const said = forecast([inForce(releasing)], { nowMs: NOW_MS + 60_000 });
    expect(inSeconds(said.get('cities/3'))).toBe(60);
    expect(inSeconds(said.get('cities/9'))).toBe(66);
  });

  it.each<[Partial<TaskView>, string]>([
    [{ hasWorker: false }, 'no-worker'],
    [{ isPaused: true }, 'paused'],
    [{ cancelRequested: true }, 'stopping'],
    [{ state: 'queued' }, 'not-started'],
  ])('nobody knows when, for a task with %j', (fields, why) => {
    expect(inSeconds(forecast([inForce(runningTask(fields))]).get('cities/1'))).toBe(why);
  });

  it('nobody knows when a person releases a record, nor a task that the user may not see', () => {
    const hidden = blocker('1', records, { task: releasing });
    delete hidden.task;
    expect(inSeconds(forecast([blocker('1', records)]).get('cities/1'))).toBe('person');
    expect(inSeconds(forecast([hidden]).get('cities/1'))).toBe('hidden');
  });

  it('a waiting task begins after the last record that it waits for, at the pace of its name', () => {
    const said = forecast([inForce(releasing), waiting('2')]);
    expect(inSeconds(said.get('cities/0'))).toBe(7 + 2);
    expect(inSeconds(said.get('cities/9'))).toBe(7 + 20);
  });

  it('a waiting task that runs by now counts as running', () => {
    const blockers = [waiting('2')];
    const findTask = () => runningTask({ id: 'task-2', finishedCount: 3 });
    const said = forecast(blockers, { findTask, findHistory: () => historyOf(releasing) });
    expect(inSeconds(said.get('cities/9'))).toBe(7);
  });

  it('nobody knows when, behind a waiting person or rows that are not known here', () => {
    const person = blocker('2', ['cities/1'], { isWaiting: true, waitsFor: [{ leaseId: '1' }] });
    const elsewhere = waiting('3', { waitsFor: [{ leaseId: '99' }] });
    expect(inSeconds(forecast([inForce(releasing), person]).get('cities/1'))).toBe('person');
    expect(inSeconds(forecast([inForce(releasing), elsewhere]).get('cities/1'))).toBe('other-rows');
  });

  it('a lease that came after this tab in the wait list is not ahead of it', () => {
    const own = blocker('2', records, { isWaiting: true, waitsFor: [{ leaseId: '1', until: 9 }] });
    const said = forecast([inForce(releasing), own, waiting('3')], { isOwn: ({ id }) => id === '2' });
    expect(inSeconds(said.get('cities/9'))).toBe(7);
  });
});

describe('the order of the wait list', () => {
  const anyTask = fc.record({
    finishedCount: fc.option(fc.integer({ min: 0, max: 10 }), { nil: undefined }),
    failedCount: fc.integer({ min: 0, max: 3 }),
    hasWorker: fc.boolean(),
    state: fc.constantFrom('queued', 'running', 'retrying', 'completed'),
    progress: fc.record({ done: fc.integer({ min: 0, max: 10 }), total: fc.constantFrom(10, null) }),
  });
  const anyWaiter = fc.record({
    isPerson: fc.boolean(),
    rows: fc.uniqueArray(fc.integer({ min: 0, max: 9 }), { minLength: 1 }),
    until: fc.option(fc.integer({ min: 0, max: 9 }), { nil: undefined }),
  });

  it('no waiter is promised an earlier time than one before it, and none in the past', () => {
    fc.assert(
      fc.property(
        anyTask,
        fc.array(anyWaiter, { maxLength: 5 }),
        fc.nat(1_000_000),
        (fields, waiters, lateMs) => {
          const given = Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
          const blockers = [inForce(runningTask(given as Partial<TaskView>))];
          for (const [index, { isPerson, rows, until }] of waiters.entries()) {
            const id = String(index + 2);
            const task = runningTask({ id, state: 'waiting' });
            const waitsFor = [{ leaseId: '1', ...(until !== undefined && { until }) }];
            const wanted = rows.map((row): RecordKey => `cities/${row}`);
            blockers.push(
              blocker(id, wanted, { ...(!isPerson && { task, order: rows }), isWaiting: true, waitsFor }),
            );
          }
          const nowMs = NOW_MS + lateMs;
          const timeOf = (said: RecordForecast | undefined) =>
            !said || said.kind === 'free' ? 0 : said.kind === 'at' ? said.atMs : Infinity;
          for (let count = 1; count <= blockers.length; count++) {
            const before = forecast(blockers.slice(0, count - 1), { nowMs });
            const after = forecast(blockers.slice(0, count), { nowMs });
            for (const record of records) {
              expect(timeOf(after.get(record))).toBeGreaterThanOrEqual(timeOf(before.get(record)));
            }
            for (const said of after.values())
              if (said.kind === 'at') expect(said.atMs).toBeGreaterThanOrEqual(nowMs);
          }
        },
      ),
    );
  });
});
