import type { TaskTypes } from '@rowlock/server';
import { exportCsv } from './exportCsv.ts';
import { normaliseNames } from './normaliseNames.ts';
import { recomputePopulationShare } from './recomputePopulationShare.ts';
import { setFields } from './setFields.ts';
import type { TaskServices } from './taskServices.ts';

/** Every task of the gazetteer. The api launches them, and the worker runs them. */
export const allTasks = (services: TaskServices) => [
  recomputePopulationShare(services),
  normaliseNames(services),
  setFields(services),
  exportCsv(services),
];

/** Their names, inputs and results, for the web app. */
export type GazetteerTasks = TaskTypes<ReturnType<typeof allTasks>>;
