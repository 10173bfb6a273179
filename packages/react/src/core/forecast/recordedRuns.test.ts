/**
 * The forecast against recorded runs: what a tab learned of real tasks on a real server and Redis, written by
 * `pnpm record-forecasts`.
 *
 * A forecast is made at each second of a run, for each record that is not free yet. Its error is |forecast − truth| ÷ truth. Both are
 * times from that moment until the record is free. A truth below 1 s counts as 1 s.
 */
import { readFileSync } from 'node:fs';
import type { Blocker, LeaseId, RecordKey, TaskView } from '@rowlock/protocol';
import { describe, expect, it } from 'vitest';
import { type ForecastFacts, type Forecasts, forecastRecords } from './forecastRecords.ts';
import { PaceBook } from './paceBook.ts';
import { FREE, type RecordForecast } from './recordForecast.ts';

const RUNS = ['uniform', 'slowing', 'retriedAfterCrash', 'retriedAfterError', 'severalWaiters'];
const STEP_MS = 1_000;
const LEAST_TRUTH_MS = 1_000;

interface Step {
  atMs: number;
  records?: Record<RecordKey, LeaseId[]>;
  tasks?: (Pick<TaskView, 'id'> & Partial<TaskView>)[];
  blockers?: Omit<Blocker, 'task'>[];
}

interface Moment {
  atMs: number;
  /** As if only the first `count` leases were ahead of the tab. Default: all */
  forecast(count?: number): Forecasts;
  blockers: readonly Blocker[];
}

interface Recording {
  watched: RecordKey[];
  steps: Step[];
}

function readRecording(name: string): Recording {
  const lines = readFileSync(new URL(`./recordings/${name}.jsonl`, import.meta.url), 'utf8')
    .trim()
    .split('\n');
  const [first, ...steps] = lines.map((line) => JSON.parse(line) as unknown);
  const { watched } = first as Pick<Recording, 'watched'>;
  return { watched, steps: steps as Step[] };
}

/** Calls at each second of the run, with what the tab knew then. */
function replay({ steps }: Recording, onMoment: (moment: Moment) => void): void {
  const paces = new PaceBook();
  const tasks = new Map<string, TaskView>();
  const leases = new Map<RecordKey, LeaseId[]>();
  let blockers: Omit<Blocker, 'task'>[] = [];
  let nextMs = steps[0]!.atMs + STEP_MS;

  function forecastAt(nowMs: number): void {
    const described = blockers.map((blocker): Blocker => {
      const task = tasks.get(blocker.lease.holder.id);
      return { ...blocker, ...(task && { task }) };
    });
    const facts: ForecastFacts = {
      nowMs,
      isOwn: () => false,
      findTask: (id) => tasks.get(id),
      isReleased: (record, leaseId) => leases.get(record)?.includes(leaseId) === false,
      findHistory: (id) => paces.findHistory(id),
      findExperience: (name) => paces.findExperience(name),
    };
    onMoment({
      atMs: nowMs,
      forecast: (count) => forecastRecords(described.slice(0, count), facts),
      blockers: described,
    });
  }

  for (const { atMs, records = {}, tasks: views = [], blockers: asked } of steps) {
    for (; nextMs < atMs; nextMs += STEP_MS) forecastAt(nextMs);
    for (const [record, ids] of Object.entries(records)) leases.set(record as RecordKey, ids);
    for (const view of views) {
      const task = { ...tasks.get(view.id), ...view } as TaskView;
      tasks.set(view.id, task);
      paces.note(task, atMs);
    }
    if (asked) blockers = asked;
  }
}

/** When each watched record was free, and stayed free. */
function freeTimes({ steps }: Recording): Map<RecordKey, number> {
  const times = new Map<RecordKey, number>();
  for (const { atMs, records = {} } of steps) {
    for (const [record, ids] of Object.entries(records)) {
      if (ids.length === 0) times.set(record as RecordKey, atMs);
      else times.delete(record as RecordKey);
    }
  }
  return times;
}

/** The errors in rising order, and the share of times at which nobody could say when, apart from those without a worker. */
function errorsOf(recording: Recording): { errors: number[]; unknownShare: number } {
  const freeAt = freeTimes(recording);
  const errors: number[] = [];
  let unknownCount = 0;
  replay(recording, ({ atMs, forecast }) => {
    const { ofRecords } = forecast();
    for (const record of recording.watched) {
      const truthMs = freeAt.get(record)! - atMs;
      const said = ofRecords.get(record) ?? FREE;
      if (truthMs <= 0 || (said.kind === 'unknown' && said.why === 'no-worker')) continue;
      if (said.kind === 'unknown') {
        unknownCount += 1;
        continue;
      }
      const waitMs = said.kind === 'at' ? said.atMs - atMs : 0;
      errors.push(Math.abs(waitMs - truthMs) / Math.max(truthMs, LEAST_TRUTH_MS));
    }
  });
  errors.sort((one, other) => one - other);
  return { errors, unknownShare: unknownCount / (errors.length + unknownCount) };
}

const quantile = (sorted: readonly number[], share: number) =>
  sorted[Math.floor((sorted.length - 1) * share)]!;

const waitOf = (forecast: RecordForecast = FREE): number => {
  if (forecast.kind === 'unknown') return Infinity;
  return forecast.kind === 'free' ? 0 : forecast.atMs;
};

describe.each(RUNS)('the recorded run %s', (name) => {
  const recording = readRecording(name);

  it('the forecast has a median error below 15 %, and a 90th percentile below 40 %', () => {
    const { errors, unknownShare } = errorsOf(recording);
    expect(errors.length).toBeGreaterThan(200);
    expect(quantile(errors, 0.5)).toBeLessThan(0.15);
    expect(quantile(errors, 0.9)).toBeLessThan(0.4);
    expect(unknownShare).toBeLessThan(0.15);
  });

  it('the forecast promises no time in the past, and none earlier because of one more lease ahead', () => {
    let compared = 0;
    replay(recording, ({ atMs, forecast, blockers }) => {
      for (let count = 1; count <= blockers.length; count++) {
        const [fewer, more] = [forecast(count - 1).ofRecords, forecast(count).ofRecords];
        for (const record of recording.watched) {
          const said = more.get(record);
          if (said?.kind === 'at') expect(said.atMs).toBeGreaterThanOrEqual(atMs);
          expect(waitOf(said)).toBeGreaterThanOrEqual(waitOf(fewer.get(record)));
          compared += 1;
        }
      }
    });
    expect(compared).toBeGreaterThan(0);
  });
});
