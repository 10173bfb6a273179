/** The units of work that a run reports as done, by stage. Pure. */
import { boundedText } from '../../boundedText.ts';

/** Stages beyond are shown by name alone, and their units count as the task's own. */
const MAX_STAGES = 20;

interface Stage {
  name: string;
  done: number;
  total: number;
}

interface UnitSums {
  done: number;
  /** Null if it is unknown */
  total: number | null;
}

export interface ProgressUnits {
  /** All units that were reported as done, which may exceed the total. */
  advanced(): number;
  /** @throws {TypeError} */
  setTotal(units: unknown): void;
  /** @throws {TypeError} */
  advance(units?: number): void;
  /** Begins or continues a stage. @throws {TypeError} */
  startStage(name: string, total: unknown): void;
  stages(): readonly Stage[];
  sums(): UnitSums;
}

export function createProgressUnits(): ProgressUnits {
  let advanced = 0;
  let ownTotal: number | null = null;
  const stages: Stage[] = [];
  let present: Stage | undefined;
  /** `advanced` when the present stage (or the time outside of any) began, which is counted when it ends or is read. */
  let countedUntil = 0;
  let doneOutside = 0;

  /** Adds the units since the last count to the present stage. */
  function count(): void {
    advanced = bounded(advanced);
    const units = advanced - countedUntil;
    countedUntil = advanced;
    if (present) present.done = Math.min(present.done + units, present.total);
    else doneOutside += units;
  }

  return {
    advanced: () => advanced,
    setTotal(units) {
      ownTotal = readUnits('total', units);
    },
    // Called in tight loops, so it only adds. The rest is computed on reading.
    advance(units = 1) {
      if (typeof units !== 'number' || !(units >= 0 && units < Infinity)) readUnits('advance', units);
      advanced += units;
    },
    startStage(name, given) {
      count();
      present = stages.find((each) => each.name === name);
      if (given === undefined) return;
      const total = readUnits('stage', given);
      if (present) present.total = Math.max(total, present.done);
      else if (stages.length < MAX_STAGES) {
        present = { name, done: 0, total };
        stages.push(present);
      }
    },
    stages: () => stages,
    sums() {
      count();
      let done = doneOutside;
      let total = doneOutside;
      for (const each of stages) {
        done += each.done;
        total += each.total;
      }
      if (ownTotal === null && stages.length === 0) return { done: bounded(done), total: null };
      // The stages may add up to more than the given total.
      if (ownTotal !== null) total = stages.length === 0 ? ownTotal : Math.max(ownTotal, total - doneOutside);
      return { done: bounded(Math.min(done, total)), total: bounded(total) };
    },
  };
}

/** Keeps numbers that are shown within the safe integers of JSON readers. */
export const bounded = (units: number): number => Math.min(units, Number.MAX_SAFE_INTEGER);

function readUnits(verb: string, units: unknown): number {
  if (typeof units === 'number' && Number.isFinite(units) && units >= 0) return units;
  throw new TypeError(
    `progress.${verb}(${boundedText(units, 50)}): the count is not a number of 0 or more. Pass the number of units.`,
  );
}
