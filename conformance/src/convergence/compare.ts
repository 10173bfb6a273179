/** Compares what a tab shows with the registry. Pure. */
import { isFinal, type RecordKey } from '@rowlock/protocol';
import type { Truth } from './truth.ts';
import type { TabView } from './world/tab.ts';

/** In words, one for each difference. A tab that says that it is not certain differs. */
export function differencesOf(
  view: TabView,
  truth: Truth,
  changes: ReadonlyMap<RecordKey, number>,
): string[] {
  if (view.status !== 'live') return [`it is ${view.status}`];
  return [
    ...leaseDifferences(view, truth),
    ...countDifferences(view, truth),
    ...taskDifferences(view, truth),
    ...changeDifferences(view, changes),
  ];
}

function leaseDifferences({ leases, held }: TabView, truth: Truth): string[] {
  const differences: string[] = [];
  for (const [key, inForce] of truth.leases) {
    const shown = leases.get(key);
    if (!shown) differences.push(`${key} is not certain`);
    else if (!isSame(shown, inForce)) {
      differences.push(`${key} shows the leases [${shown}], and the registry has [${inForce}]`);
    }
  }
  for (const { leaseId, records } of held) {
    const missing = records.filter((key) => !truth.leases.get(key)?.includes(leaseId));
    if (missing.length > 0) {
      differences.push(`lease ${leaseId} is shown as held, and does not cover ${missing} in the registry`);
    }
  }
  return differences;
}

function countDifferences({ counts }: TabView, { leases, holders }: Truth): string[] {
  if (!counts) return ['the counts of the resource are not certain'];
  // A record under two shared leases counts twice.
  const recordCount = [...leases.values()].reduce((sum, { length }) => sum + length, 0);
  if (counts.leaseCount === holders.size && counts.recordCount === recordCount) return [];
  return [
    `the resource shows ${counts.leaseCount} leases on ${counts.recordCount} records, and has ${holders.size} on ${recordCount}`,
  ];
}

function taskDifferences({ tasks: shown }: TabView, truth: Truth): string[] {
  if (!shown) return ['the list of tasks is not certain'];
  const byId = new Map(shown.map((task) => [task.id, task]));
  const known = new Map(truth.tasks.map((task) => [task.id, task]));
  const differences: string[] = [];
  for (const task of truth.tasks) {
    const own = byId.get(task.id);
    if (!own) differences.push(`task ${task.id} is not shown, and is ${task.state} in the registry`);
    else if (own.state !== task.state || own.version !== task.version) {
      differences.push(
        `task ${task.id} is shown as ${own.state} of version ${own.version}, and is ${task.state} of version ${task.version}`,
      );
    }
  }
  // A list of an earlier time may also contain tasks that have ended and are not among the newest.
  for (const { id, state } of shown) {
    if (!known.has(id) && !isFinal(state))
      differences.push(`task ${id} is shown as ${state}, and is unknown`);
  }
  return differences;
}

const changeDifferences = (
  { heard, fromVersion = 0 }: TabView,
  changes: ReadonlyMap<RecordKey, number>,
): string[] =>
  [...changes]
    .filter(([key, version]) => version > fromVersion && (heard.get(key) ?? 0) < version)
    .map(
      ([key, version]) => `${key} has changed at version ${version}, and the tab heard of ${heard.get(key)}`,
    );

/** The leases of a session that its tab does not know: they lock its records for nothing. */
export function strayLeases({ sessionId, held }: TabView, { holders }: Pick<Truth, 'holders'>): string[] {
  const own = new Set(held.map(({ leaseId }) => leaseId));
  return [...holders]
    .filter(([leaseId, holderId]) => holderId === sessionId && !own.has(leaseId))
    .map(([leaseId]) => `lease ${leaseId} of its session is in force, and it does not show it as held`);
}

const isSame = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every((each, i) => each === b[i]);
