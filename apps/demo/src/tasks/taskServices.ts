/** The services that the tasks need from the process that runs or launches them. */
import type { Gazetteer } from '../db/openDatabase.ts';

export interface TaskServices {
  db: Gazetteer;
  /** The folder where `export-csv` writes its files */
  exportsDir: string;
  /** See DEMO_TASK_PACE_MS */
  paceMs: number;
  now: () => number;
}
