import { beforeAll, expect, test } from 'vitest';
import { benchLive } from './benchLive.ts';
import { judgeLive } from './liveBars.ts';
import { LIVE_CASES, type LivePlan } from './livePlan.ts';
import type { LiveReport } from './liveReport.ts';

const SCREENS = 10;
/** Eight of ten screens show rows of the bulk lock. */
const TINY: LivePlan = {
  table: { rows: 125, lockedRows: 100 },
  screenProcesses: 1,
  first: { tasks: 2, rounds: 2, pauseMs: 600 },
  steady: { screens: SCREENS, forMs: 1_000 },
  message: { screens: SCREENS, rounds: 2, locks: 2 },
  memory: { screens: SCREENS, rounds: 1 },
  reach: { screens: SCREENS, rounds: 2 },
  polling: { screens: SCREENS, rounds: 1, forMs: 1_500, everyMs: 200 },
};
/** The cases start two dozen processes, up to three at once. */
const LIMIT_MS = 180_000;

let report: LiveReport;
beforeAll(async () => {
  report = await benchLive({ plan: TINY, say: () => {} });
}, LIMIT_MS);

test('every bar is measured', () => {
  const bars = judgeLive(report, LIVE_CASES);
  expect(bars.filter(({ value }) => !Number.isFinite(value))).toEqual([]);
});

test('first progress arrives from the worker and by hand', () => {
  expect(report.first).toMatchObject({ samples: 4, pauseMs: 600 });
  expect(report.first!.ownMs).toBeGreaterThan(0);
  expect(report.first!.byHandMs).toBeGreaterThan(0);
});

test('steady progress is shown by the screens with rows of the task', () => {
  expect(report.steady!.watching).toBe(8);
  expect(report.steady!.updatesPerSecond).toBeGreaterThan(0);
  expect(report.steady!.ageP99Ms).toBeGreaterThan(report.steady!.ageMs);
});

test('the raw emit sends as many bytes a message as Rowlock', () => {
  // Two bulk locks, each acquired and released.
  expect(report.message!.messages).toBe(8 * 2 * 2);
  // Rowlock's messages contain the name of their namespace.
  expect(report.message!.ownBytes - report.message!.bareBytes).toBeLessThan(20);
  expect(report.message!.bareBytes).toBeGreaterThan(400);
});

test('a bulk lock reaches the concerned screens and no other', () => {
  expect(report.reach).toMatchObject({ screens: SCREENS, concerned: 8, rounds: 2, foreignMessages: 0 });
  expect(report.reach!.lastReachedMs).toBeGreaterThan(0);
});

test('screens that poll cause more bytes than the live channel', () => {
  expect(report.polling!.ratios.bytes).toBeGreaterThan(1);
  expect(report.polling!.polling.delayMs).toBeGreaterThan(0);
});
