/** When records will be free, by what is ahead of a request for them. Pure. */
import type { Blocker, LeaseId, LeaseView, RecordKey, TaskView } from '@rowlock/protocol';
import type { PaceHistory } from './paceHistory.ts';
import { FREE, later, type RecordForecast, unknown } from './recordForecast.ts';
import { always, type Experience, forecastRunning, forecastStart, type Timeline } from './taskForecast.ts';

/** A task starts within this time if a worker has time for it, in ms. */
const START_MS = 5_000;

export interface ForecastFacts {
  /** Unix time in ms by the server's clock */
  nowMs: number;
  /** A lease of this tab. It blocks nothing, and what came after one that waits does not either */
  isOwn(lease: LeaseView): boolean;
  /** The newest view of the blocker's task */
  findTask(taskId: string): TaskView | undefined;
  /** A lease in force no longer covers the record, as this tab has learned since */
  isReleased(record: RecordKey, leaseId: LeaseId): boolean;
  findHistory(taskId: string): PaceHistory | undefined;
  findExperience(taskName: string): Experience | undefined;
}

export interface Forecasts {
  /** Records that nothing blocks are absent: they are free */
  ofRecords: ReadonlyMap<RecordKey, RecordForecast>;
  /** When each lease has released its last record */
  ofLeases: ReadonlyMap<LeaseId, RecordForecast>;
}

/** `blockers`: leases in force first, then those that wait, in the order in which they came. */
export function forecastRecords(blockers: readonly Blocker[], facts: ForecastFacts): Forecasts {
  const ofRecords = new Map<RecordKey, RecordForecast>();
  const timelines = new Map<LeaseId, Timeline>();
  /** Records for which this tab waits: nobody that came later is ahead of it */
  const settled = new Set<RecordKey>();
  for (const asAnswered of blockers) {
    const blocker = withNewest(asAnswered, facts);
    const { lease, records, order, isWaiting } = blocker;
    const timeline = isWaiting
      ? timelineOfWaiting(blocker, startOf(blocker, timelines, ofRecords), facts)
      : timelineInForce(blocker, asAnswered.isWaiting === true, facts);
    timelines.set(lease.id, timeline);
    if (facts.isOwn(lease)) {
      if (isWaiting) for (const record of records) settled.add(record);
      continue;
    }
    records.forEach((record, i) => {
      if (settled.has(record) || (!isWaiting && facts.isReleased(record, lease.id))) return;
      ofRecords.set(record, later(ofRecords.get(record) ?? FREE, timeline(order?.[i])));
    });
  }
  return { ofRecords, ofLeases: new Map([...timelines].map(([id, timeline]) => [id, timeline()])) };
}

/** The blocker as it stands by now: a task that waited may run. */
function withNewest({ isWaiting, task: given, ...rest }: Blocker, facts: ForecastFacts): Blocker {
  const task = given && (facts.findTask(given.id) ?? given);
  const stillWaits = isWaiting && (!task || task.state === 'waiting');
  return { ...rest, ...(task && { task }), ...(stillWaits && { isWaiting }) };
}

function timelineInForce({ lease, task }: Blocker, hasJustBegun: boolean, facts: ForecastFacts): Timeline {
  if (lease.holder.type === 'person') return always(unknown('person'));
  if (!task) return always(unknown('hidden'));
  const dueMs = Math.max(lease.since, task.notBefore ?? 0);
  if (task.state === 'queued' && !hasJustBegun && facts.nowMs - dueMs > START_MS)
    return always(unknown('not-started'));
  const known = {
    nowMs: facts.nowMs,
    history: facts.findHistory(task.id),
    experience: facts.findExperience(task.name),
  };
  return forecastRunning(task, known);
}

function timelineOfWaiting(
  { lease, task }: Blocker,
  start: RecordForecast,
  { nowMs, findExperience }: ForecastFacts,
): Timeline {
  if (lease.holder.type === 'person') return always(unknown('person'));
  if (!task) return always(unknown('hidden'));
  if (start.kind === 'unknown') return always(start);
  const startMs = start.kind === 'at' ? start.atMs : nowMs;
  return forecastStart(task, { experience: findExperience(task.name), startMs });
}

/** When a waiting lease comes into force: no earlier than the asked records before it are free. */
function startOf(
  { records, waitsFor }: Blocker,
  timelines: ReadonlyMap<LeaseId, Timeline>,
  ofRecords: ReadonlyMap<RecordKey, RecordForecast>,
): RecordForecast {
  const before = records.map((record) => ofRecords.get(record) ?? FREE);
  const awaited = (waitsFor ?? []).map(
    ({ leaseId, until }) => timelines.get(leaseId)?.(until) ?? unknown('other-rows'),
  );
  return [...before, ...awaited].reduce(later, FREE);
}
