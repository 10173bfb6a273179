/** The schemas that the document lists by name, and refers to. */
import {
  launchBodySchema,
  leaseIdSchema,
  leaseSecretSchema,
  lockModeSchema,
  previewBodySchema,
  recordKeySchema,
  releaseBeaconSchema,
  retryBodySchema,
} from '@rowlock/protocol';
import type { z } from 'zod';
import {
  healthSchema,
  launchedSchema,
  previewSchema,
  taskFailuresSchema,
  taskLogLineSchema,
  taskPageSchema,
} from '../routes/answerSchemas.ts';
import {
  actorSchema,
  conflictSchema,
  failedRecordSchema,
  holderSchema,
  leaseViewSchema,
  problemBodySchema,
  recordChangeSchema,
  taskProgressSchema,
  taskViewSchema,
  viewSchema,
} from '../routes/viewSchemas.ts';

export const NAMED_SCHEMAS: Readonly<Record<string, z.ZodType>> = {
  Actor: actorSchema,
  Conflict: conflictSchema,
  FailedRecord: failedRecordSchema,
  Health: healthSchema,
  Holder: holderSchema,
  LaunchBody: launchBodySchema,
  Launched: launchedSchema,
  LeaseId: leaseIdSchema,
  LeaseSecret: leaseSecretSchema,
  LeaseView: leaseViewSchema,
  LockMode: lockModeSchema,
  Preview: previewSchema,
  PreviewBody: previewBodySchema,
  ProblemBody: problemBodySchema,
  RecordChange: recordChangeSchema,
  RecordKey: recordKeySchema,
  ReleaseBeacon: releaseBeaconSchema,
  RetryBody: retryBodySchema,
  TaskFailures: taskFailuresSchema,
  TaskLogLine: taskLogLineSchema,
  TaskPage: taskPageSchema,
  ProgressView: taskProgressSchema,
  TaskView: taskViewSchema,
  View: viewSchema,
};
