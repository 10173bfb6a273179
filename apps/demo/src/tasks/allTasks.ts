import type { TaskDefinition } from '@rowlock/server';
import type { z } from 'zod';
import { exportCsv } from './exportCsv.ts';
import { normaliseNames } from './normaliseNames.ts';
import { recomputePopulationShare } from './recomputePopulationShare.ts';
import { setFields } from './setFields.ts';
import type { TaskServices } from './taskServices.ts';

/** Every task of the gazetteer. The api launches them, and the worker runs them. */
export const allTasks = (services: TaskServices): TaskDefinition<z.ZodType>[] => [
  recomputePopulationShare(services),
  normaliseNames(services),
  setFields(services),
  exportCsv(services),
];
