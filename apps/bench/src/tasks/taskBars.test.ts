import { expect, test } from 'vitest';
import { TASK_PLAN, type TaskReport } from './benchTasks.ts';
import { judgeTasks } from './taskBars.ts';

const throughputs = TASK_PLAN.throughputCases.map(({ workMs, concurrency }) => ({
  workMs,
  concurrency,
  tasksPerSecond: 1_000,
  peerJobsPerSecond: 1_000,
  bareJobsPerSecond: 4_000,
  toPeer: 1,
  toBare: 0.25,
}));
const report: TaskReport = {
  machine: {} as TaskReport['machine'],
  launches: [
    { records: 1, launchMs: 1, addMs: 1, acquireMs: 1 },
    { records: 1_000, launchMs: 5, addMs: 1, acquireMs: 4 },
  ],
  progress: { units: 100_000, silentMs: 1_000, reportingMs: 1_000 },
  throughputs,
};

test('the plan measures throughput in the five cases that have a bar', () => {
  expect(TASK_PLAN.throughputCases.map(({ workMs, concurrency }) => [workMs, concurrency])).toEqual([
    [0, 1],
    [0, 10],
    [2, 1],
    [2, 10],
    [10, 10],
  ]);
});

test('a throughput equal to the peer meets its bar, however much bare BullMQ does', () => {
  const bars = judgeTasks(report).slice(-5);

  expect(bars.map(({ value, limit, sense, isMet }) => [value, limit, sense, isMet])).toEqual(
    Array.from({ length: 5 }, () => [1, 1, 'at least', true]),
  );
});

test('a throughput below the peer misses its bar, and only its own', () => {
  const slower = throughputs.map((one, i) => (i === 1 ? { ...one, toPeer: 0.99 } : one));

  const missed = judgeTasks({ ...report, throughputs: slower }).filter(({ isMet }) => !isMet);

  expect(missed.map(({ what }) => what)).toEqual([
    "tasks of 0 ms completed in a second, 10 at once, relative to the peer's",
  ]);
});
